"""Shared kernel: database, clock, language, money, places and taxonomy. Knows no feature."""
