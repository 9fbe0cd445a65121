"""Limits of uploaded files: size, pixels, length of the name. The size of a whole request is limited in `web/uploads.py`."""

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
"""Width times height of an image as it is uploaded."""
MAX_IMAGE_SIDE = 2000
"""Pixels that the longer side of a stored image is reduced to."""
MAX_NAME_LENGTH = 100
MAX_PDF_OBJECTS = 50_000
