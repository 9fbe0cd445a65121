"""Shared kernel: database, clock, language, money, municipalities and taxonomy. Imports no feature package."""
