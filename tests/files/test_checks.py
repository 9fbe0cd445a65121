"""Checking uploaded files by their content."""

import io
import struct
import zlib

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, TextStringObject

from marketplace.core.errors import RuleBroken
from marketplace.files.checks import IMAGE_TYPE, PDF_TYPE, check_document, check_image
from marketplace.files.limits import MAX_FILE_BYTES, MAX_IMAGE_SIDE, MAX_JPEG_SCANS


def image(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Return a small image in a format."""
    target = io.BytesIO()
    Image.new("RGB", size, "teal").save(target, kind, **options)
    return target.getvalue()


def pdf(
    action: str = "",
    *,
    following: str = "",
    on_page: str = "",
    on_page_key: str = "/AA",
    indirect: bool = False,
    password: str = "",
    attachment: bool = False,
) -> bytes:
    """Return a one-page PDF document, with an action of a type that runs when it is opened, and one that follows it.

    An indirect type is an object of its own. `on_page` is an action of the page, or of a link on it with the key "/A".
    """
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    if action:
        kind: PdfObject = NameObject(action)
        if indirect:
            kind = writer._add_object(kind)
        opening = {NameObject("/S"): kind, NameObject("/F"): TextStringObject("run.exe")}
        if following:
            then = writer._add_object(DictionaryObject({NameObject("/S"): NameObject(following)}))
            opening[NameObject("/Next")] = ArrayObject([then])
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(opening)
    if on_page:
        address = {
            NameObject("/S"): NameObject(on_page),
            NameObject("/URI"): TextStringObject("https://a.example"),
        }
        page[NameObject(on_page_key)] = DictionaryObject(address)
    if attachment:
        writer.add_attachment("notes.txt", b"notes")
    if password:
        writer.encrypt(password)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def scan_bomb() -> bytes:
    """Return a progressive JPEG that repeats its last scan."""
    whole = image("JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * MAX_JPEG_SCANS + whole[-2:]


def bomb(side: int = 30_000) -> bytes:
    """Return a PNG of a few kilobytes that claims to have many pixels, `side` by `side`."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9000)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_image_is_encoded_again_without_metadata(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Solveigs kjøkken"
    exif.get_ifd(0x8825)[1] = "N"
    checked = check_image(r"C:\bilder\gård.JPG", image(kind, exif=exif) + b"trailing secret")
    assert (checked.name, checked.media_type) == ("gård.webp", IMAGE_TYPE)
    assert b"Solveigs" not in checked.data
    assert b"trailing secret" not in checked.data
    with Image.open(io.BytesIO(checked.data)) as again:
        assert (again.format, again.size, dict(again.getexif())) == ("WEBP", (60, 40), {})


def test_image_is_turned_upright_and_scaled_down() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated by 90 degrees
    checked = check_image("a.jpg", image(size=(3 * MAX_IMAGE_SIDE, 300), exif=exif))
    assert (checked.width, checked.height) == (100, MAX_IMAGE_SIDE)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "tom"),
        (b"x" * (MAX_FILE_BYTES + 1), "større enn 10 MB"),
        (bomb(), "for mange piksler"),
        (bomb(5_000), "høyst 20 megapiksler"),
        (scan_bomb(), "ikke et bilde vi kan lese"),
        (image()[:200], "ikke et bilde vi kan lese"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ikke et bilde vi kan lese"),
        (image("GIF"), "ikke et bilde vi kan lese"),
        (pdf(), "ikke et bilde vi kan lese"),
    ],
    ids=["empty", "too large", "bomb", "large", "scan bomb", "truncated", "svg", "gif", "pdf"],
)
def test_image_that_cannot_be_used_is_refused_with_a_reason(data: bytes, message: str) -> None:
    with pytest.raises(RuleBroken, match=message):
        check_image("bilde.png", data)


def test_document_keeps_pdf_and_encodes_image_again() -> None:
    document = pdf("/GoTo", on_page="/URI", on_page_key="/A")
    assert check_document("tilbud.exe", document).name == "tilbud.pdf"
    assert (check_document("a.pdf", document).media_type, check_document("a", document).data) == (
        PDF_TYPE,
        document,
    )
    assert check_document("skisse.pdf", image("PNG")).name == "skisse.webp"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pdf("/JavaScript"), "skript eller andre filer"),
        (pdf(attachment=True), "skript eller andre filer"),
        (pdf("/Launch"), "skript eller andre filer"),
        (pdf("/Launch", indirect=True), "skript eller andre filer"),
        (pdf("/GoToR"), "skript eller andre filer"),
        (pdf("/URI"), "åpner nettadresser av seg selv"),
        (pdf("/URI", indirect=True), "åpner nettadresser av seg selv"),
        (pdf("/GoTo", following="/URI"), "åpner nettadresser av seg selv"),
        (pdf(on_page="/URI"), "åpner nettadresser av seg selv"),
        (pdf("/Rendition"), "skript eller andre filer"),
        (pdf(password="lukket"), "beskyttet med passord"),
        (b"%PDF-1.7\nnot a document", "kan ikke lese denne PDF-en"),
        (b"MZ\x90\x00 program", "Velg en PDF"),
        (b"PK\x03\x04 office", "Velg en PDF"),
        (b"\n%PDF-1.7", "Velg en PDF"),
    ],
    ids=[
        "script",
        "attachment",
        "launch",
        "indirect launch",
        "remote",
        "address",
        "indirect address",
        "address afterwards",
        "address on a page",
        "media",
        "encrypted",
        "damaged",
        "program",
        "office",
        "not at start",
    ],
)
def test_document_with_active_content_or_of_another_kind_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(RuleBroken, match=message):
        check_document("tilbud.pdf", data)
