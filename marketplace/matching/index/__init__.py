"""The searchable side: term weights, fuzzy terms, needs and the index itself."""
