"""Options shared by several forms, in the current locale."""

from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.core import places, taxonomy
from marketplace.core.collation import sort_key
from marketplace.core.i18n import gettext as _, language_in_sentence
from marketplace.core.region import current_region

Grouped = list[tuple[str, str, list[tuple[str, str]]]]
"""(code, label, [(value, label)]) for each group."""
STEPS_FROM_REGION = 2
"""Municipalities within this many borders of the region are listed individually, the rest of the country by county."""


def service_groups() -> Grouped:
    """All services by kind."""
    return [
        (group.code, group.label, [(service.code, service.label) for service in group.services])
        for group in taxonomy.groups()
    ]


def languages() -> list[tuple[str, str]]:
    """Languages that suppliers work in."""
    return [*text_locales(), ("sma", _("South Sami"))]


def language_names(supplier: Any) -> list[str]:
    """Names of the languages that a supplier works in."""
    names = {code: language_in_sentence(name) for code, name in languages()}
    return [names[row.code] for row in supplier.languages if row.code in names]


def presence() -> list[tuple[str, str]]:
    """Ways of working with a customer: remote and on site."""
    return [("remote", _("Online, wherever the customer is")), ("on_site", _("At the customer's premises"))]


def text_locales() -> list[tuple[str, str]]:
    """Languages of profile texts, in the region's order."""
    return current_region().by_language([("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English"))])


def _near() -> frozenset[str]:
    """Municipalities of the region and those within two borders of it."""
    found = set(current_region().municipalities)
    for _step in range(STEPS_FROM_REGION):
        found |= {number for inside in list(found) for number in places.neighbours(inside)}
    return frozenset(found)


def area_groups(ticked: Iterable[str] = ()) -> Grouped:
    """Counties with their nearby or selected municipalities, then the other counties."""
    offered = _near() | {number for number in ticked if places.find_municipality(number)}
    groups: Grouped = []
    elsewhere: list[tuple[str, str]] = []
    names = places.counties()
    for county in current_region().sorted_counties():
        inside = [
            places.municipality(number) for number in places.municipalities_in(county) if number in offered
        ]
        whole = (f"county:{county}", _("All of %(county)s", county=names[county]))
        if inside:
            listed = sorted(((m.number, m.full_name) for m in inside), key=lambda item: sort_key(item[1]))
            groups.append((county, names[county], [whole, *listed]))
        else:
            elsewhere.append(whole)
    return [*groups, ("rest", _("The rest of the country"), elsewhere)]


def expand_areas(values: Iterable[str]) -> list[str]:
    """Replace counties by their municipalities."""
    found: list[str] = []
    for value in values:
        county = value.removeprefix("county:")
        found += places.municipalities_in(county) if value != county else [value]
    return found


def collapse_areas(numbers: Sequence[str]) -> list[str]:
    """Replace municipalities by their county where all of it is covered."""
    have, found = set(numbers), []
    for county in places.counties():
        inside = set(places.municipalities_in(county))
        if inside and inside <= have:
            found.append(f"county:{county}")
            have -= inside
    return found + sorted(have)
