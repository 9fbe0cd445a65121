"""Search by the words that are typed: spelling correction, and search in lists of names."""
