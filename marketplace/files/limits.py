"""Limits of uploaded files: size, pixels, length of the name.

The size of a whole request is limited in `web/uploads.py`.
"""

MAX_FILE_MEGABYTES = 10
MAX_FILE_BYTES = MAX_FILE_MEGABYTES * 1024 * 1024
MAX_PIXELS = 50_000_000
"""Width times height of a JPEG as it is uploaded. Its size in bytes says little: a WebP of 46 bytes may have as many pixels."""
MAX_PIXELS_OF_OTHERS = 20_000_000
"""The same limit for PNG and WebP, which are decoded as a whole."""
MAX_JPEG_SCANS = 300
"""Limit of the scans in a progressive JPEG, which usually has ten. Each scan is a pass over all pixels, and may take only
60 bytes of the file. By chance, the marker that is counted occurs about 150 times in 10 MB of a video that a phone appends.
"""
MAX_IMAGE_SIDE = 2000
"""Pixels that the longer side of a stored image is reduced to."""
MAX_NAME_LENGTH = 100
MAX_PDF_OBJECTS = 50_000
FILE_FIELD = "file"
"""Form field that shows why a file was refused."""
