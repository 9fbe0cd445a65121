"""Periods and lengths of mandates and confirmations."""

DEFAULT_MONTHS = 3
MAX_MONTHS = 12
WARNING_DAYS = 7
CONFIRMATION_DAYS = 7
DAYS_BETWEEN_REQUESTS = 7
"""Days after which a garden may ask a company for a mandate again."""
MAX_TEXT = 500
