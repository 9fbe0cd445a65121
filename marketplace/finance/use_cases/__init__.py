"""Use cases of finance."""
