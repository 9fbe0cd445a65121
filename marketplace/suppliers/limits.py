"""Limits of a supplier profile: lengths of texts as (minimum, maximum) characters, numbers of case studies and images.

Forms, the import and use cases share them. Sizes of uploaded files are limited in `files/limits.py`.
"""

NAME_LENGTH = (2, 120)
ABOUT_LENGTH = (80, 4000)
"""An imported text may be shorter: a curator or the supplier completes it."""
MAX_NOTE_LENGTH = 1500
"""Length of a message to the garden."""

LOGO_SIDE = 400
"""Width and height in pixels that a logo is reduced to."""

MAX_CASES = 20
MAX_CASE_IMAGES = 4
FIRST_CASE_YEAR = 1990
CASE_TITLE_LENGTH = (5, 120)
CASE_TEXT_LENGTH = (40, 1500)
MAX_CASE_RESULT_LENGTH = 300
MAX_IMAGE_TEXT_LENGTH = 200
"""Length of the text that describes an image to people who cannot see it."""

MAX_IMPORT_ROWS = 1000
