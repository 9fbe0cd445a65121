"""Need model: the services that a text asks for, from its words and from the texts of the glossary and the suppliers."""
