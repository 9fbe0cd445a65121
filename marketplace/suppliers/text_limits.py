"""Lengths of texts that come in through both the forms and the import, as (minimum, maximum) characters."""

NAME_LENGTH = (2, 120)
ABOUT_LENGTH = (80, 4000)
"""An imported text may be shorter: a curator or the supplier completes it."""
