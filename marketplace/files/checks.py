"""Check uploaded files by their content, and remove what must not be passed on to readers.

Images are decoded and encoded again, which drops metadata such as EXIF positions and anything hidden behind the picture.
PDF documents are stored as they are, unless they contain scripts, embedded files or actions that leave the document.
"""

import io
import logging
import threading
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.text import clean_line
from marketplace.files.limits import (
    MAX_FILE_BYTES,
    MAX_IMAGE_SIDE,
    MAX_NAME_LENGTH,
    MAX_PDF_OBJECTS,
    MAX_PIXELS,
)

WEBP_QUALITY = 82
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")
IMAGE_TYPE, PDF_TYPE = "image/webp", "application/pdf"
EXTENSIONS = {IMAGE_TYPE: ".webp", PDF_TYPE: ".pdf"}

ACTIVE_PDF_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"})
ACTIVE_PDF_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute"})

# One image is decoded at a time in each process: 50 megapixels take 200 MB of memory.
_decoding = threading.Lock()
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


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
    try:
        with _decoding:
            return _encode_again(name, data, max_side)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:  # Pillow's decoders raise many types for damaged files
        if isinstance(error, RuleBroken | MemoryError):
            raise
        raise RuleBroken(_("This is not an image we can read. Choose a JPEG, PNG or WebP file.")) from error


def check_document(name: str, data: bytes) -> CheckedFile:
    """Check a PDF document or an image, by its content. Raises RuleBroken."""
    _check_size(data)
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        return CheckedFile(_with_extension(name, PDF_TYPE), PDF_TYPE, data)
    if not _looks_like_image(data):
        raise RuleBroken(_("Choose a PDF document, or an image as JPEG, PNG or WebP."))
    return check_image(name, data)


def _check_size(data: bytes) -> None:
    if not data:
        raise RuleBroken(_("The file is empty. Choose another one."))
    if len(data) > MAX_FILE_BYTES:
        raise RuleBroken(
            _("The file is larger than %(num)s MB. Choose a smaller one.", num=MAX_FILE_BYTES // 1024 // 1024)
        )


def _looks_like_image(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _too_many_pixels() -> RuleBroken:
    return RuleBroken(
        _("The image has too many pixels. Choose one of at most %(num)s megapixels.", num=MAX_PIXELS // 10**6)
    )


def _encode_again(name: str, data: bytes, max_side: int) -> CheckedFile:
    with Image.open(io.BytesIO(data), formats=IMAGE_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels()
        image.draft("RGB", (2 * max_side, 2 * max_side))
        upright = ImageOps.exif_transpose(image)
        has_alpha = "A" in upright.getbands() or "transparency" in upright.info
        picture = upright.convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((max_side, max_side))
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
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


def _check_pdf(data: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(data))
        is_encrypted = reader.is_encrypted
        is_active = not is_encrypted and _has_active_content(reader)
        is_readable = is_encrypted or len(reader.pages) > 0
    except Exception as error:  # the parser raises many types for damaged files
        raise RuleBroken(
            _("We cannot read this PDF. Save it again from the program it comes from.")
        ) from error
    if is_encrypted:
        raise RuleBroken(_("This PDF is protected with a password. Save it without one."))
    if is_active:
        raise RuleBroken(
            _("This PDF contains scripts or other files. Print it to a new PDF and choose that one.")
        )
    if not is_readable:
        raise RuleBroken(_("We cannot read this PDF. Save it again from the program it comes from."))


def _has_active_content(reader: PdfReader) -> bool:
    """Return True if an object of the document is a script, an embedded file or an action that leaves the document."""
    ids = {(number, generation) for generation, table in reader.xref.items() for number in table}
    ids |= {(number, 0) for number in reader.xref_objStm}
    if len(ids) > MAX_PDF_OBJECTS:
        raise ValueError(len(ids))
    return any(_is_active(_resolve(reader, number, generation)) for number, generation in sorted(ids))


def _resolve(reader: PdfReader, number: int, generation: int) -> Any:
    try:
        return reader.get_object(IndirectObject(number, generation, reader))
    except Exception:  # noqa: BLE001 because readers ignore an object that cannot be parsed, too
        return None


def _is_active(value: Any) -> bool:
    """Search the direct content of an object; referenced objects are searched on their own."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, DictionaryObject | StreamObject):
            if ACTIVE_PDF_KEYS & item.keys():
                return True
            kind = item.raw_get("/S") if "/S" in item else None
            if not isinstance(kind, IndirectObject) and kind in ACTIVE_PDF_ACTIONS:
                return True
            stack += [child for child in item.values() if not isinstance(child, IndirectObject)]
        elif isinstance(item, ArrayObject):
            stack += [child for child in item if not isinstance(child, IndirectObject)]
    return False
