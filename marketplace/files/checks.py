"""Check uploaded files by their content, and remove what must not be passed on to readers.

Images are decoded and encoded again, which drops metadata such as EXIF positions and anything hidden behind the picture.
PDF documents are stored as they are, unless they contain scripts, embedded files or actions that leave the document.
"""

import io
import threading
from dataclasses import dataclass, field
from pathlib import PurePath

from PIL import Image, ImageOps

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.text import clean_line
from marketplace.files.limits import (
    FILE_FIELD,
    MAX_FILE_BYTES,
    MAX_FILE_MEGABYTES,
    MAX_IMAGE_SIDE,
    MAX_JPEG_SCANS,
    MAX_NAME_LENGTH,
    MAX_PIXELS,
    MAX_PIXELS_OF_OTHERS,
)

WEBP_QUALITY = 82
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")
IMAGE_TYPE, PDF_TYPE = "image/webp", "application/pdf"
JPEG_START, JPEG_SCAN = b"\xff\xd8\xff", b"\xff\xda"
EXTENSIONS = {IMAGE_TYPE: ".webp", PDF_TYPE: ".pdf"}

# One image is decoded at a time in each process: it takes up to 400 MB of memory.
_decoding = threading.Lock()


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be stored. `width` and `height` are pixels, None for documents."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
    width: int | None = None
    height: int | None = None


def check_image(name: str, data: bytes, *, max_side: int = MAX_IMAGE_SIDE) -> CheckedFile:
    """Decode an image and encode it again as WebP, at most `max_side` pixels wide and high. Raises RuleBroken."""
    _check_size(data)
    if data.startswith(JPEG_START) and data.count(JPEG_SCAN) > MAX_JPEG_SCANS:
        raise _unreadable_image()
    try:
        with _decoding:
            return _encode_again(name, data, max_side)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(MAX_PIXELS_OF_OTHERS) from error
    except Exception as error:  # Pillow's decoders raise many types for damaged files
        if isinstance(error, RuleBroken | MemoryError):
            raise
        raise _unreadable_image() from error


def check_document(name: str, data: bytes) -> CheckedFile:
    """Check a PDF document or an image, by its content. Raises RuleBroken."""
    _check_size(data)
    if data.startswith(b"%PDF-"):
        from marketplace.files.pdf import check_pdf  # noqa: PLC0415 because few requests need the parser

        check_pdf(data)
        return CheckedFile(_with_extension(name, PDF_TYPE), PDF_TYPE, data)
    if not _looks_like_image(data):
        raise RuleBroken(_("Choose a PDF document, or an image as JPEG, PNG or WebP."), FILE_FIELD)
    return check_image(name, data)


def _check_size(data: bytes) -> None:
    if not data:
        raise RuleBroken(_("The file is empty. Choose another one."), FILE_FIELD)
    if len(data) > MAX_FILE_BYTES:
        raise RuleBroken(
            _(
                "The file is larger than %(num)s MB. Choose a smaller one.",
                num=MAX_FILE_MEGABYTES,
            ),
            FILE_FIELD,
        )


def _looks_like_image(data: bytes) -> bool:
    return data.startswith((JPEG_START, b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _unreadable_image() -> RuleBroken:
    return RuleBroken(_("This is not an image we can read. Choose a JPEG, PNG or WebP file."), FILE_FIELD)


def _too_many_pixels(limit: int) -> RuleBroken:
    return RuleBroken(
        _("The image has too many pixels. Choose one of at most %(num)s megapixels.", num=limit // 10**6),
        FILE_FIELD,
    )


def _encode_again(name: str, data: bytes, max_side: int) -> CheckedFile:
    with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as image:
        # A JPEG is decoded at a fraction of its size, other formats at full size, with several copies in memory at once.
        max_pixels = MAX_PIXELS if image.format == "JPEG" else MAX_PIXELS_OF_OTHERS
        if image.width * image.height > max_pixels:
            raise _too_many_pixels(max_pixels)
        has_alpha = "A" in image.getbands() or "transparency" in image.info
        mode = "RGBA" if has_alpha else "RGB"
        image.draft("RGB", (max_side, max_side))
        picture: Image.Image = image if image.mode == mode else image.convert(mode)
        picture.thumbnail((max_side, max_side))
        upright = ImageOps.exif_transpose(picture)
    clean = Image.new(mode, upright.size)
    clean.paste(upright)
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=WEBP_QUALITY)
    return CheckedFile(
        _with_extension(name, IMAGE_TYPE), IMAGE_TYPE, target.getvalue(), clean.width, clean.height
    )


def _with_extension(name: str, media_type: str) -> str:
    """Return the last part of a file name with the extension of the media type."""
    last = PurePath((clean_line(name) or "").replace("\\", "/")).name
    stem = last.rsplit(".", 1)[0].strip(". ")
    return (stem[:MAX_NAME_LENGTH] or "file") + EXTENSIONS[media_type]
