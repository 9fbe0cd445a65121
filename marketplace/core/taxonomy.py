"""Taxonomy of service groups, services and sectors, with labels in Bokmål, Nynorsk and English."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.core.collation import sort_key
from marketplace.core.i18n import LocalizedText
from marketplace.core.region import current_region
from marketplace.data import load_yaml

Text = Mapping[str, str]


@dataclass(frozen=True)
class Service:
    """A service that suppliers offer. `code` is a permanent identifier such as "web.site"."""

    code: str
    group: str
    labels: Text
    abouts: Text
    related: tuple[str, ...]
    terms: Mapping[str, tuple[str, ...]]
    lay: Mapping[str, tuple[str, ...]]

    label = LocalizedText("labels")
    about = LocalizedText("abouts")


@dataclass(frozen=True)
class Group:
    """A group of services; suppliers are vetted for one group at a time."""

    code: str
    labels: Text
    services: tuple[Service, ...]

    label = LocalizedText("labels")


@dataclass(frozen=True)
class Sector:
    """An industry sector of companies. A retired one is no longer offered, but those that have it keep it."""

    code: str
    labels: Text
    terms: Mapping[str, tuple[str, ...]]
    is_retired: bool = False

    label = LocalizedText("labels")


@dataclass(frozen=True)
class PriceBand:
    """Typical prices of a service, in whole kroner excluding VAT. `unit` is once, month, each, day or hour."""

    low: int
    typical_low: int
    typical_high: int
    high: int
    unit: str


@cache
def base_taxonomy() -> dict[str, Any]:
    """Return the parsed taxonomy file, without what a region adds or renames."""
    data: dict[str, Any] = load_yaml("taxonomy.yaml")
    return data


@cache
def raw_taxonomy() -> dict[str, Any]:
    """Return the taxonomy with the region's services and sectors, the input of the matcher's glossary."""
    added = current_region().taxonomy
    changed = {sector["code"]: sector for sector in current_region().sectors}
    groups = [
        {**group, "services": [*group["services"], *(one for one in added if one["group"] == group["code"])]}
        for group in base_taxonomy()["groups"]
    ]
    known = {sector["code"]: sector for sector in base_taxonomy()["sectors"]}
    sectors = [known.get(code, {}) | changed.get(code, {}) for code in {**known, **changed}]
    return {**base_taxonomy(), "groups": groups, "sectors": sectors} if added or changed else base_taxonomy()


def _words(entry: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    return {locale: tuple(str(word) for word in words) for locale, words in entry.get(key, {}).items()}


@cache
def groups() -> tuple[Group, ...]:
    """Return the service groups, in file order."""
    return tuple(
        Group(
            group["code"],
            group["label"],
            tuple(
                Service(
                    entry["code"],
                    group["code"],
                    entry["label"],
                    entry["about"],
                    tuple(entry.get("related", ())),
                    _words(entry, "terms"),
                    _words(entry, "lay"),
                )
                for entry in group["services"]
                if not entry.get("retired")
            ),
        )
        for group in raw_taxonomy()["groups"]
    )


@cache
def services() -> dict[str, Service]:
    """Return all services by code, in file order."""
    return {service.code: service for group in groups() for service in group.services}


@cache
def groups_by_code() -> dict[str, Group]:
    """Return all service groups by code."""
    return {group.code: group for group in groups()}


@cache
def sectors() -> dict[str, Sector]:
    """Return all sectors by code, in file order."""
    return {
        entry["code"]: Sector(
            entry["code"], entry["label"], _words(entry, "terms"), bool(entry.get("retired"))
        )
        for entry in raw_taxonomy()["sectors"]
    }


def sector_options(kept: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return code and name of the sectors that a form offers, by name. Retired ones only if they are in `kept`."""
    named = [(one.code, one.label) for one in sectors().values() if not one.is_retired or one.code in kept]
    return sorted(named, key=lambda option: sort_key(option[1]))


def service(code: str) -> Service:
    """Return a service by code. Raises KeyError if the code is unknown."""
    return services()[code]


def group(code: str) -> Group:
    """Return a group by code. Raises KeyError if the code is unknown."""
    return groups_by_code()[code]


def sector(code: str) -> Sector:
    """Return a sector by code. Raises KeyError if the code is unknown."""
    return sectors()[code]


def group_of(service_code: str) -> str:
    """Return the code of a service's group. Raises KeyError if the service is unknown."""
    return services()[service_code].group


@cache
def price_table() -> dict[str, Any]:
    """Return the parsed price file: date, source and price bands by service."""
    data: dict[str, Any] = load_yaml("prices.yaml")
    return data


def price_band(service_code: str) -> PriceBand | None:
    """Return the typical prices of a service, or None if there is no data."""
    entry = price_table()["bands"].get(service_code)
    return PriceBand(*entry) if entry else None
