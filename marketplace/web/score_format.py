"""How match scores (0 to 100) are written on pages, as template filters."""

from marketplace.core.i18n import format_number

SCORE_DECIMALS = 0
DETAILED_SCORE_DECIMALS = 1
"""Decimals where the parts of a score are listed, and on the supplier's page about its own rank."""


def format_score(score: float) -> str:
    """Format a score where it is shown beside a supplier or a brief."""
    return format_number(round(score, SCORE_DECIMALS))


def format_detailed_score(score: float) -> str:
    """Format a score where its parts are listed too."""
    return format_number(round(score, DETAILED_SCORE_DECIMALS))
