"""Limits of offers and scoring: offers per day, files, lengths of texts, number of scorers.

The lengths of the texts of an offer are in `offer_fields.py`.
"""

MAX_OFFERS_PER_DAY = 20
"""How many briefs a supplier may send an offer to within 24 hours."""
MAX_FILES = 5
MAX_STORED_FILES = 20
"""Files that an offer may have in all its revisions."""
MAX_WITHDRAWAL_LENGTH = 500
"""Length of a supplier's reason for withdrawing an offer."""

MAX_SCORERS = 3
MAX_SCORE_NOTE_LENGTH = 600

MAX_DECISION_TEXT_LENGTH = 600
"""Length of each text to a supplier about the company's decision."""
MAX_LESSON_LENGTH = 1000
"""Length of what a company writes about the outcome of a job."""
MAX_STORY_LENGTH = 800
"""Length of a company's story about a job for others to read."""
MAX_REPLY_LENGTH = 500
"""Length of a supplier's reply to a company's answers about a job."""
