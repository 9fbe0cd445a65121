"""Numbered versions of the tables, and the few commands that use them."""
