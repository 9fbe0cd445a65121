"""Backing the data up while people work, and bringing it back, checked on both ways."""
