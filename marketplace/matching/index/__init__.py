"""The searchable index: term weights, fuzzy matching, the need model, and the comparison of queries with documents."""
