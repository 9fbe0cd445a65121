"""Periods and lengths of mandates and confirmations."""

DEFAULT_MONTHS = 3
MAX_MONTHS = 12
WARNING_DAYS = 7
CONFIRMATION_DAYS = 7
DAYS_BETWEEN_REQUESTS = 7
"""A garden asks a company for a mandate at most once a week."""
MAX_TEXT = 500
