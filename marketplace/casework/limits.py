"""Lengths and numbers of notes and tasks."""

MAX_TEXT = 4000
MAX_WHAT = 120
MAX_OWN_LINE = 500
MAX_MINUTES = 24 * 60
SOON_DAYS = 7
"""Days before its due date from which a task is listed on the home page."""
