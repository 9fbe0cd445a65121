"""Choices that several forms share, in the reader's language."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from marketplace.core import places, taxonomy
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import sort_key

Grouped = list[tuple[str, str, list[tuple[str, str]]]]
"""(code, label, [(value, label)]) for each group."""
STEPS_FROM_TRONDELAG = 2
"""Municipalities so near are offered one by one, the rest of the country by county."""


def service_groups() -> Grouped:
    """Return all services under their kinds."""
    return [
        (group.code, group.label, [(service.code, service.label) for service in group.services])
        for group in taxonomy.groups()
    ]


def sectors() -> list[tuple[str, str]]:
    """Return the trades, by name."""
    named = [(sector.code, sector.label) for sector in taxonomy.sectors().values()]
    return sorted(named, key=lambda item: sort_key(item[1]))


def languages() -> list[tuple[str, str]]:
    """Return the languages that suppliers work in."""
    return [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English")), ("sma", _("South Sami"))]


def spoken(supplier: Any) -> list[str]:
    """Return the languages that a supplier works in, by name."""
    names = dict(languages())
    return [names[row.code] for row in supplier.languages if row.code in names]


def presence() -> list[tuple[str, str]]:
    """Return the ways of working."""
    return [("remote", _("Online, wherever the customer is")), ("on_site", _("At the customer's premises"))]


def text_locales() -> list[tuple[str, str]]:
    """Return the languages that a profile text can be in."""
    return [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English"))]


@cache
def _near() -> frozenset[str]:
    """Return the municipalities of Trøndelag and those within two steps over its border."""
    found = set(places.municipalities_in(places.TRONDELAG))
    for _step in range(STEPS_FROM_TRONDELAG):
        found |= {number for inside in list(found) for number in places.neighbours(inside)}
    return frozenset(found)


def area_groups(ticked: Iterable[str] = ()) -> Grouped:
    """Return counties with their near municipalities, and those where something is ticked; then other counties."""
    offered = _near() | {number for number in ticked if places.find_municipality(number)}
    groups: Grouped = []
    elsewhere: list[tuple[str, str]] = []
    names = places.counties()
    for county in sorted(names, key=lambda number: (number != places.TRONDELAG, sort_key(names[number]))):
        inside = [
            places.municipality(number) for number in places.municipalities_in(county) if number in offered
        ]
        whole = (f"county:{county}", _("All of %(county)s", county=names[county]))
        if inside:
            listed = sorted(((m.number, m.name) for m in inside), key=lambda item: sort_key(item[1]))
            groups.append((county, names[county], [whole, *listed]))
        else:
            elsewhere.append(whole)
    return [*groups, ("rest", _("The rest of the country"), elsewhere)]


def expand_areas(values: Iterable[str]) -> list[str]:
    """Return the municipalities behind ticks, counties written out."""
    found: list[str] = []
    for value in values:
        county = value.removeprefix("county:")
        found += places.municipalities_in(county) if value != county else [value]
    return found


def fold_areas(numbers: Sequence[str]) -> list[str]:
    """Return ticks for municipalities: a county where all are covered, else each."""
    have, found = set(numbers), []
    for county in places.counties():
        inside = set(places.municipalities_in(county))
        if inside and inside <= have:
            found.append(f"county:{county}")
            have -= inside
    return found + sorted(have)
