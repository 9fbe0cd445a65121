"""Numbered migrations of the database schema."""
