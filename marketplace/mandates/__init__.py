"""Mandates: a business garden writes for a company until an end date, and the company confirms binding acts."""
