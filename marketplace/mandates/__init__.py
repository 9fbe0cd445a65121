"""Mandates: a business garden writes for a company until an end date, and the company confirms what binds it."""
