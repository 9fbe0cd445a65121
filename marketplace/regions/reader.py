"""Reading and validation of a region file. All its problems are reported together, each with line, key and remedy."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marketplace.core import places
from marketplace.core.collation import fold_letters
from marketplace.core.email_address import InvalidEmailError, parse_email
from marketplace.core.errors import UnreadableInputError
from marketplace.core.i18n import LOCALES
from marketplace.core.region import Region, current_region, default_region
from marketplace.core.text import name_key
from marketplace.core.web_address import parse_web_address
from marketplace.regions.content_reader import read_course_plan, read_guide, read_sectors, read_taxonomy
from marketplace.regions.yaml_entries import Entry, Problem, Value, read_yaml

FILE_NAME = "region.yaml"
MAX_MUNICIPALITIES = 200
"""The map has a tile for each municipality."""


class RegionFileError(ValueError):
    """A region file that cannot be used. The message lists every problem with its remedy."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        listed = "\n".join(f"  {problem}" for problem in sorted(problems, key=lambda one: one.line))
        count = f"{len(problems)} errors" if len(problems) > 1 else "1 error"
        super().__init__(f"{count} in {path}:\n{listed}")
        self.problems = tuple(problems)


def region_path(instance_path: Path) -> Path:
    """Return the path of an installation's region file, which need not exist."""
    return instance_path / FILE_NAME


def installed_region(instance_path: Path) -> Region:
    """Return the region in an installation's file, or the default region without a file. Raises RegionFileError."""
    path = region_path(instance_path)
    return read_region(path) if path.exists() else default_region()


def read_region(path: Path) -> Region:
    """Read and validate a region file. Raises RegionFileError with all its problems."""
    problems: list[Problem] = []
    root = read_yaml(path, problems)
    region = _region(Entry(root)) if root else None
    if problems or region is None:
        raise RegionFileError(path, problems)
    return region


def _region(entry: Entry) -> Region | None:
    data: dict[str, Any] = {
        "name": entry.texts("name", 60),
        "within": entry.texts("within", 80),
        "network": entry.texts("network", 120),
        "languages": _languages(entry),
        "counties": [number for value in entry.items("counties") if (number := _county(value))],
        "municipalities": _municipalities(entry, "municipalities"),
        "gardens": [_garden(Entry(value)) for value in entry.items("gardens")],
        "course_plan": read_course_plan(value) if (value := entry.get("course_plan")) else {},
        "guide": read_guide(value) if (value := entry.get("guide")) else {},
        "taxonomy": read_taxonomy(entry.items("taxonomy")),
        "sectors": read_sectors(entry.items("sectors")),
    }
    entry.check_unknown()
    if entry.value.problems:
        return None
    region = Region.from_data(data)
    if not 1 <= len(region.municipalities) <= MAX_MUNICIPALITIES:
        entry.value.report(
            f"The region has {len(region.municipalities)} municipalities.",
            f"Name counties, municipalities, or both: 1 to {MAX_MUNICIPALITIES} municipalities in all.",
        )
    _check_gardens(entry, region)
    return region


def _languages(entry: Entry) -> list[str]:
    values = entry.items("languages", low=1)
    found = [value.text(2) for value in values]
    if values and sorted(found) != sorted(LOCALES):
        values[0].report(
            f"The languages are {', '.join(found)}.",
            "Name each of nb, nn and en once, the default language first: every page and text has all three.",
        )
    return found


def _county(value: Value) -> str:
    text = value.text(60)
    names = {fold_letters(name): number for number, name in places.counties().items()}
    number = text if text in places.counties() else names.get(fold_letters(text), "")
    if text and not number:
        listed = ", ".join(f"{name} ({code})" for code, name in places.counties().items())
        value.report(f"Unknown county: {text}.", f"Write a name or a number: {listed}.")
    return number


def _municipality(value: Value) -> str:
    text = value.text(60)
    named = places.municipalities_named(text)
    if len(named) == 1:
        return named[0].number
    if named:
        listed = ", ".join(f"{one.number} in {one.county}" for one in named)
        value.report(f"Several municipalities are called {text}.", f"Write the number: {listed}.")
    elif text:
        example = current_region().example
        value.report(
            f"Unknown municipality: {text}.",
            f"Write a name such as {example.name}, or a number such as {example.number}.",
        )
    return ""


def _municipalities(entry: Entry, key: str, low: int = 0) -> list[str]:
    found: list[str] = []
    for value in entry.items(key, low):
        number = _municipality(value)
        if number in found:
            value.report(f"{places.municipality_name(number)} is named twice.", "Remove one of them.")
        elif number:
            found.append(number)
    return found


def _garden(entry: Entry) -> dict[str, Any]:
    seat = entry.require("municipality")
    website = entry.get("website")
    email = entry.get("email")
    about = entry.get("about")
    garden = {
        "name": entry.text("name", 120, low=2),
        "municipality": _municipality(seat) if seat else "",
        "municipalities": _municipalities(entry, "municipalities", low=1),
        "email": _email(email) if email else "",
        "phone": entry.optional_text("phone", 40),
        "website": _website(website) if website else "",
        "about": about.text(1000, lines=True) if about else "",
        "curators": [_email(value) for value in entry.items("curators")],
        "advisers": [_email(value) for value in entry.items("advisers")],
    }
    entry.check_unknown()
    return garden


def _email(value: Value) -> str:
    text = value.text(254)
    try:
        return parse_email(text) if text else ""
    except InvalidEmailError:
        value.report(
            f"{text} is not an e-mail address.", "Write one like name@garden.example, with a-z before @."
        )
    return ""


def _website(value: Value) -> str:
    text = value.text(300)
    try:
        return parse_web_address(text) if text else ""
    except UnreadableInputError:
        value.report(f"{text} is not a web address.", "Write one like www.garden.example.")
    return ""


def _check_gardens(entry: Entry, region: Region) -> None:
    """Report gardens that are named twice, share a municipality, or invite a person twice."""
    names: set[str] = set()
    covered_by: dict[str, str] = {}
    for garden, value in zip(region.gardens, entry.items("gardens"), strict=True):
        if name_key(garden.name) in names:
            value.report(f"{garden.name} is named twice.", "Remove one of them.")
        names.add(name_key(garden.name))
        for number in garden.municipalities:
            if other := covered_by.get(number):
                value.report(
                    f"{places.municipality_name(number)} is covered by {other} and {garden.name}.",
                    "A municipality belongs to one business garden: remove it from one of them.",
                )
            covered_by[number] = garden.name
        people = [*garden.curators, *garden.advisers]
        if len(set(people)) < len(people):
            value.report(
                f"{garden.name} invites a person twice.",
                "Name each person once: a curator can do everything that an adviser can.",
            )
        if people and not garden.curators:
            value.report(
                f"{garden.name} has no curator.",
                "Name at least one under curators: only they approve suppliers.",
            )
