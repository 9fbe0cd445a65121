"""Writing a region as a file that can be imported again, and that other regions can start from."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import yaml

from marketplace.core import places
from marketplace.core.course_plan import course_plan
from marketplace.core.region import GardenPlan, Region

_HEADER = """\
# Region file of Leverandørtorget. `marketplace region import FILE --dry-run` checks it; docs/regions.md explains each key.
# Municipalities and counties are written by number or by name. Each text is in nb, nn and en.
"""


def region_yaml(region: Region, gardens: Iterable[GardenPlan]) -> str:
    """Return a region file. It names no people: invitations are only in the file that is imported."""
    data: dict[str, Any] = {
        "name": dict(region.names),
        "within": dict(region.withins),
        "network": dict(region.networks),
        "languages": list(region.languages),
        "counties": list(region.counties),
        "municipalities": _outside(region),
        "gardens": [_garden(garden) for garden in gardens],
        "course_plan": dict(region.course_plan),
        "guide": {kind: dict(texts) for kind, texts in region.guide.items() if texts},
        "taxonomy": [dict(service) for service in region.taxonomy],
        "sectors": [dict(sector) for sector in region.sectors],
    }
    written = {key: value for key, value in data.items() if value}
    return _HEADER + yaml.dump(written, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


def with_whole_course_plan(region: Region) -> Region:
    """Return the region with the texts and times of its whole course plan, for others to start from."""
    plan = course_plan()
    sessions = [
        {"number": one.number, "title": dict(one.titles), "about": dict(one.summaries)}
        for one in plan.sessions
    ]
    times = {"starts_at": plan.starts_at.isoformat("minutes"), "ends_at": plan.ends_at.isoformat("minutes")}
    return replace(region, course_plan={**times, "sessions": sessions})


def _outside(region: Region) -> list[str]:
    """Return the municipalities that are not in one of the region's counties."""
    return [
        number
        for number in region.municipalities
        if places.municipality(number).county_number not in region.counties
    ]


def _garden(garden: GardenPlan) -> dict[str, Any]:
    values: Mapping[str, Any] = {
        "name": garden.name,
        "municipality": garden.municipality,
        "municipalities": list(garden.municipalities),
        "email": garden.email,
        "phone": garden.phone,
        "website": garden.website,
        "about": garden.about,
    }
    return {key: value for key, value in values.items() if value}


class _Dumper(yaml.SafeDumper):
    """YAML dumper that writes short lists on one line and uses no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never use an alias: equal values are repeated."""
        del data
        return True


def _represent_list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    is_short = all(isinstance(item, str) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=is_short)


_Dumper.add_representer(list, _represent_list)
