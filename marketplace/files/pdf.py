"""Check PDF documents for scripts, embedded files and actions that leave the document.

A module of its own, imported when the first document is uploaded, because the parser takes long to import.
"""

import io
import logging
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.files.limits import FILE_FIELD, MAX_PDF_OBJECTS

# /AA are actions that run by themselves, for example when a page is opened. Links that a reader follows are in /A.
ACTIVE_PDF_KEYS = frozenset(
    {"/JS", "/JavaScript", "/OnInstantiate", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA", "/AA"}
)
ACTIVE_PDF_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMediaExecute", "/GoToR", "/GoToE"),
        *("/Rendition", "/Movie", "/Sound", "/Thread"),
    }
)
MAX_OPENING_ACTIONS = 10

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check_pdf(data: bytes) -> None:
    """Raise RuleBroken for a document that cannot be read, has a password or active content."""
    try:
        reader = PdfReader(io.BytesIO(data))
        is_encrypted = reader.is_encrypted
        is_active = not is_encrypted and _has_active_content(reader)
        is_readable = is_encrypted or len(reader.pages) > 0
    except Exception as error:  # the parser raises many types for damaged files
        raise RuleBroken(
            _("We cannot read this PDF. Save it again from the program it comes from."), FILE_FIELD
        ) from error
    if is_encrypted:
        raise RuleBroken(_("This PDF is protected with a password. Save it without one."), FILE_FIELD)
    if is_active:
        raise RuleBroken(
            _(
                "This PDF contains scripts or other files, or opens web addresses by itself. Print it to a new PDF and choose that one."
            ),
            FILE_FIELD,
        )
    if not is_readable:
        raise RuleBroken(
            _("We cannot read this PDF. Save it again from the program it comes from."), FILE_FIELD
        )


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
            if _value(item, "/S") in ACTIVE_PDF_ACTIONS or _value(item, "/FS") == "/URL":
                return True
            if _opens_address(_value(item, "/OpenAction")):
                return True
            stack += [child for child in item.values() if not isinstance(child, IndirectObject)]
        elif isinstance(item, ArrayObject):
            stack += [child for child in item if not isinstance(child, IndirectObject)]
    return False


def _value(item: DictionaryObject | StreamObject, key: str) -> Any:
    """Return the value of a key, which may be an object of its own."""
    value = item.raw_get(key) if key in item else None
    return value.get_object() if isinstance(value, IndirectObject) else value


def _opens_address(action: Any) -> bool:
    """Return True if the action on opening the document, or one that follows it, opens a web address."""
    actions = [action]
    for _step in range(MAX_OPENING_ACTIONS):
        if not actions:
            return False
        item = actions.pop()
        if isinstance(item, DictionaryObject):
            if _value(item, "/S") == "/URI":
                return True
            following = _value(item, "/Next")
            several = following if isinstance(following, ArrayObject) else [following]
            actions += [one.get_object() for one in several[:MAX_OPENING_ACTIONS] if one is not None]
    return True
