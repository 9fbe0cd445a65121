"""Missing fields of a profile with their effects, and the area of a supplier in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marketplace import matching
from marketplace.core import places, taxonomy
from marketplace.core.collation import sort_key
from marketplace.core.i18n import format_list, gettext as _, ngettext
from marketplace.suppliers.glossary import glossary

GOOD_TEXT_WORDS = 60
MAX_PLACES = 6
MAX_DESCRIBED = 3
MIN_PROBABILITY = 0.8
"""Probability, 0 to 1, from which a text is said to describe a service."""
MAX_CACHED = 256


@dataclass(frozen=True, slots=True)
class MissingField:
    """A missing field: the section where it is filled in, its effect in one sentence, and the label of the link."""

    section: str
    effect: str
    act: str


def missing_fields(supplier: Any) -> list[MissingField]:
    """List the missing fields of a profile, most important first."""
    found: list[MissingField] = []
    codes = {row.code for row in supplier.services}
    case_services = {case.service_code for case in supplier.cases}
    shown = {taxonomy.group_of(code) for code in case_services if code in taxonomy.services()}
    missing = sorted({taxonomy.group_of(code) for code in codes if code in taxonomy.services()} - shown)
    if not supplier.cases:
        found.append(
            MissingField(
                "case",
                _("You have not listed any jobs. The business garden asks for one before it approves you."),
                _("Describe a job"),
            )
        )
    elif missing:
        kinds = format_list([taxonomy.group(code).label for code in missing])
        found.append(
            MissingField(
                "case",
                _(
                    "None of the jobs show %(kinds)s. Suppliers that show one are a better match.",
                    kinds=kinds,
                ),
                _("Describe a job"),
            )
        )
    if described := described_services(supplier):
        found.append(
            MissingField(
                "services",
                _(
                    "Your texts describe %(services)s. Companies that ask for this find you more easily when you are approved for it.",
                    services=format_list([taxonomy.services()[code].label.lower() for code in described]),
                ),
                _("Apply for approval"),
            )
        )
    if len(supplier.about.split()) < GOOD_TEXT_WORDS:
        found.append(
            MissingField(
                "text",
                _("Your text is short. The ranking can only match words that are in it."),
                _("Write more"),
            )
        )
    if supplier.price_from_nok is None:
        found.append(
            MissingField(
                "price",
                _(
                    "You have not stated a price. Companies with a budget will see you as “has not stated a price”."
                ),
                _("State a price"),
            )
        )
    if not supplier.sectors:
        found.append(
            MissingField(
                "trades",
                _("You have not selected a sector. Companies cannot see which sectors you know."),
                _("Select sectors"),
            )
        )
    languages = {row.code for row in supplier.languages}
    if "nn" not in languages:
        found.append(
            MissingField(
                "trades",
                _("Briefs that ask for nynorsk will list you as “has not stated nynorsk”."),
                _("State your languages"),
            )
        )
    if supplier.on_site and not supplier.areas:
        found.append(
            MissingField(
                "area",
                _(
                    "You meet customers in person, but only in your own municipality. You are left out of briefs elsewhere that require a meeting."
                ),
                _("View your area"),
            )
        )
    if supplier.next_start is None:
        found.append(
            MissingField(
                "price",
                _(
                    "You have not said when you are available. Companies in a hurry cannot see whether you have time."
                ),
                _("State when you are available"),
            )
        )
    return found


def described_services(supplier: Any) -> list[str]:
    """Return the services that a supplier's texts and jobs describe without being selected, clearest first."""
    selected = {row.code for row in supplier.services}
    shown = [case.service_code for case in supplier.cases if case.service_code]
    texts = [supplier.about, *(part for case in supplier.cases for part in (case.title, case.text))]
    written = _services_in("\n".join(filter(None, texts)), supplier.text_locale)
    codes = [code for code in dict.fromkeys([*shown, *written]) if code in taxonomy.services()]
    return [code for code in codes if code not in selected][:MAX_DESCRIBED]


@lru_cache(maxsize=MAX_CACHED)
def _services_in(text: str, locale: str) -> tuple[str, ...]:
    """Return the services that a text describes, clearest first. Cached, because it takes a quarter of the profile page."""
    suggestions = matching.suggest_needs(text, glossary(), locale)
    return tuple(need.service for need in suggestions if need.probability >= MIN_PROBABILITY)


def format_area(supplier: Any) -> str:
    """Describe where a supplier visits customers: whole counties, then up to six municipalities."""
    if not supplier.on_site:
        return ""
    return format_municipalities(
        [row.municipality_number for row in supplier.areas], supplier.municipality_number
    )


def format_municipalities(numbers: Collection[str], seat: str) -> str:
    """Describe municipalities in words, whole counties by name."""
    have = set(numbers)
    named: list[str] = []
    for county, name in places.counties().items():
        inside = set(places.municipalities_in(county))
        if inside <= have:
            named.append(_("all of %(county)s", county=name))
            have -= inside
    home = places.find_municipality(seat)
    if home and not any(
        seat in places.municipalities_in(county) and set(places.municipalities_in(county)) <= set(numbers)
        for county in places.counties()
    ):
        have.add(seat)
    single: Sequence[str] = sorted((m.name for m in map(places.find_municipality, have) if m), key=sort_key)
    if len(single) > MAX_PLACES:
        more = len(single) - MAX_PLACES + 1
        single = [
            *single[: MAX_PLACES - 1],
            ngettext("%(num)s more municipality", "%(num)s more municipalities", more),
        ]
    return format_list([*named, *single])
