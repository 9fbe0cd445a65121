"""Parse and validate a JSON Lines file of suppliers. Each fault names its line and a remedy. No database."""

import codecs
import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marketplace.core import taxonomy
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import default_locale
from marketplace.core.money import MAX_NOK
from marketplace.core.organisation_number import parse_organisation_number
from marketplace.core.places import find_municipality
from marketplace.core.text import clean_line, clean_text, has_control_characters, name_key
from marketplace.core.web_address import parse_web_address
from marketplace.suppliers.limits import ABOUT_LENGTH, NAME_LENGTH

MAX_BYTES = 50_000_000
KEYS = (
    "name", "text", "lang", "municipality", "remote", "price_from_nok", "services", "sectors", "organisation_number",
    "website",
)  # fmt: skip
IGNORED_KEYS = ("id", "place")
"""Keys of the matcher's evaluation files that a supplier has no field for."""
LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A problem on a line of the file, and how to solve it."""

    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Format the problem as one line."""
        return f"line {self.line}: {self.problem}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class ImportedSupplier:
    """A supplier in the file. `municipality` is None and `services` empty if not given."""

    line: int
    name: str
    text: str
    lang: str
    municipality: str | None
    remote: bool
    price_from_nok: int | None
    services: tuple[str, ...]
    sectors: tuple[str, ...]
    organisation_number: str | None = None
    website: str = ""


@dataclass(frozen=True, slots=True)
class ParsedImport:
    """The valid suppliers of a file, and all errors."""

    suppliers: list[ImportedSupplier] = field(default_factory=list)
    errors: list[ImportProblem] = field(default_factory=list)


def read_suppliers(path: Path) -> ParsedImport:
    """Read a JSON Lines file. Errors are collected, not raised."""
    found = ParsedImport()
    try:
        if path.stat().st_size > MAX_BYTES:
            size = MAX_BYTES // 1_000_000
            found.errors.append(
                ImportProblem(0, f"{path} is larger than {size} MB", "Split it into several files.")
            )
            return found
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        found.errors.append(ImportProblem(0, f"{path} cannot be read ({error.strerror})", "Check the path."))
        return found
    seen: dict[str, int] = {}
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        row = _row(number, line, found.errors)
        if row is None:
            continue
        errors = list(_find_errors(number, row))
        name, supplier = name_key(str(row.get("name", ""))), None if errors else _supplier(number, row)
        same = {
            "name": name,
            "organisation_number": (supplier.organisation_number if supplier else None) or "",
        }
        for column, key in same.items():
            if key and key in seen:
                label = column.replace("_", " ")
                errors.append(
                    ImportProblem(number, f"the {label} is also on line {seen[key]}", "Keep one of them.")
                )
            seen.setdefault(key, number)
        found.errors.extend(errors)
        if supplier and not errors:
            found.suppliers.append(supplier)
    if not found.suppliers and not found.errors:
        found.errors.append(
            ImportProblem(0, f"{path} contains no suppliers", "Write one JSON object on each line.")
        )
    return found


def _row(number: int, line: bytes, errors: list[ImportProblem]) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        errors.append(ImportProblem(number, "the line is not UTF-8", "Save the file as UTF-8."))
        return None
    except (
        ValueError,
        RecursionError,
    ) as error:  # numbers of thousands of digits raise ValueError, not JSONDecodeError
        errors.append(
            ImportProblem(
                number, f"the line is not JSON ({error})", "Write one whole JSON object on the line."
            )
        )
        return None
    if not isinstance(row, dict):
        errors.append(
            ImportProblem(
                number, "the line is not a JSON object", 'Write {"name": …, "text": …, "services": […]}.'
            )
        )
        return None
    return row


def _find_errors(number: int, row: Mapping[str, Any]) -> Iterator[ImportProblem]:
    low, high = NAME_LENGTH
    yield from _find_key_errors(number, row)
    name, text = row.get("name"), row.get("text")
    if not isinstance(name, str) or not low <= len(clean_line(name) or "") <= high:
        yield ImportProblem(
            number, "name is missing or too long", f"Write a name of {low} to {high} characters."
        )
    if not isinstance(text, str) or not 0 < len(clean_text(text) or "") <= ABOUT_LENGTH[1]:
        yield ImportProblem(
            number, "text is missing or too long", f"Write a text of at most {ABOUT_LENGTH[1]} characters."
        )
    for word, value in (("name", name), ("text", text)):
        if isinstance(value, str) and has_control_characters(value):
            yield ImportProblem(
                number, f"{word} contains a control character", "Remove invisible characters."
            )
    if row.get("lang", "nb") not in LANGUAGES:
        yield ImportProblem(number, f"lang {row.get('lang')!r} is unknown", "Write nb, nn or en.")
    place = row.get("municipality")
    if place is not None and (not isinstance(place, str) or find_municipality(place) is None):
        yield ImportProblem(
            number, f"municipality {place!r} is unknown", "Write a four-digit number like 5021, or null."
        )
    if not isinstance(row.get("remote", True), bool):
        yield ImportProblem(
            number, f"remote {row.get('remote')!r} is not true or false", "Write true or false."
        )
    price = row.get("price_from_nok")
    if price is not None and (
        isinstance(price, bool)
        or not isinstance(price, int | float)
        or not 0 <= price <= MAX_NOK
        or price != int(price)
    ):
        yield ImportProblem(
            number, f"price_from_nok {price!r} is not an amount", "Write whole kroner, or null."
        )
    yield from _find_identity_errors(number, row)
    yield from _find_code_errors(number, "services", row.get("services", []), taxonomy.services())
    yield from _find_code_errors(number, "sectors", row.get("sectors", []), taxonomy.sectors())


def _find_identity_errors(number: int, row: Mapping[str, Any]) -> Iterator[ImportProblem]:
    """Find errors in the organisation number and the web address; both may be missing or null."""
    readers = {
        "organisation_number": (_organisation_number, "Write nine digits, or null."),
        "website": (parse_web_address, "Write an address like https://example.no, or null."),
    }
    for key, (read, remedy) in readers.items():
        value = row.get(key)
        if value is None or value == "":
            continue
        try:
            is_readable = isinstance(value, str) and not has_control_characters(value) and bool(read(value))
        except UnreadableInputError:
            is_readable = False
        if not is_readable:
            yield ImportProblem(number, f"{key} {value!r} cannot be read", remedy)


def _organisation_number(text: str) -> str:
    return parse_organisation_number(text, allow_test_numbers=True)


def _find_key_errors(number: int, row: Mapping[str, Any]) -> Iterator[ImportProblem]:
    for key in row:
        if key not in KEYS + IGNORED_KEYS:
            closest = difflib.get_close_matches(key, KEYS, 1)
            remedy = f"Did you mean {closest[0]!r}?" if closest else f"Use {', '.join(KEYS)}."
            yield ImportProblem(number, f"the key {key!r} is unknown", remedy)


def _find_code_errors(
    number: int, name: str, codes: object, known: Mapping[str, object]
) -> Iterator[ImportProblem]:
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        yield ImportProblem(
            number, f"{name} is not a list of codes", f"Write {name} as a list, like {next(iter(known))!r}."
        )
        return
    for code in codes:
        if code not in known:
            yield ImportProblem(
                number,
                f"{name} has the unknown code {code!r}",
                "Use a code from marketplace/data/taxonomy.yaml.",
            )


def _supplier(number: int, row: Mapping[str, Any]) -> ImportedSupplier:
    price = row.get("price_from_nok")
    return ImportedSupplier(
        line=number,
        name=clean_line(row["name"]) or "",
        text=clean_text(row["text"]) or "",
        lang=row.get("lang", default_locale()),
        municipality=row.get("municipality"),
        remote=row.get("remote", True),
        price_from_nok=None if price is None else int(price),
        services=tuple(dict.fromkeys(row.get("services", []))),
        sectors=tuple(dict.fromkeys(row.get("sectors", []))),
        organisation_number=_organisation_number(row["organisation_number"])
        if row.get("organisation_number")
        else None,
        website=parse_web_address(row["website"]) if row.get("website") else "",
    )
