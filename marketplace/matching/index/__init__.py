"""The searchable side: term weights, fuzzy terms, needs and the index itself. All use of scikit-learn is here."""
