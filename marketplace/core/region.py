"""The region that an installation serves: its place, languages and network, and its changes to course, guide and taxonomy.

`marketplace.regions` reads and validates region files. The application sets the region once, when it starts, before
anything that depends on it is cached.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from marketplace.core import places
from marketplace.core.collation import sort_key
from marketplace.core.i18n import LOCALES, LocalizedText
from marketplace.data import load_yaml

Text = Mapping[str, str]
Option = TypeVar("Option", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class GardenPlan:
    """A business garden of a region file, with the e-mail addresses of the people to invite."""

    name: str
    municipality: str
    municipalities: tuple[str, ...]
    email: str = ""
    phone: str = ""
    website: str = ""
    about: str = ""
    curators: tuple[str, ...] = ()
    advisers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A region. `municipalities` has all its municipalities, including those of its counties.

    `within` is the name of the region with a preposition, and `network` the name of its network, both as written inside a
    sentence. `course_plan`, `guide` and `taxonomy` change the data files of the same names, in the format of the region
    file. `sectors` are the sectors that the region adds to the taxonomy or renames.
    """

    names: Text
    withins: Text
    networks: Text
    languages: tuple[str, ...]
    counties: tuple[str, ...]
    municipalities: tuple[str, ...]
    gardens: tuple[GardenPlan, ...]
    course_plan: Mapping[str, Any]
    guide: Mapping[str, Mapping[str, Any]]
    taxonomy: tuple[Mapping[str, Any], ...]
    sectors: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Region":
        """Return the region of a parsed and validated region file."""
        counties = tuple(data.get("counties", ()))
        inside = [number for county in counties for number in places.municipalities_in(county)]
        gardens = ({name: _frozen(value) for name, value in row.items()} for row in data.get("gardens", ()))
        return cls(
            names=data["name"],
            withins=data["within"],
            networks=data["network"],
            languages=tuple(data["languages"]),
            counties=counties,
            municipalities=tuple(dict.fromkeys((*inside, *data.get("municipalities", ())))),
            gardens=tuple(GardenPlan(**row) for row in gardens),
            course_plan=data.get("course_plan", {}),
            guide=data.get("guide", {}),
            taxonomy=tuple(data.get("taxonomy", ())),
            sectors=tuple(data.get("sectors", ())),
        )

    name = LocalizedText("names")
    within = LocalizedText("withins")
    network = LocalizedText("networks")

    @property
    def example(self) -> places.Municipality:
        """A municipality of the region, for examples in texts: the most populous one."""
        return max(map(places.municipality, self.municipalities), key=lambda one: one.population)

    def sorted_counties(self) -> list[str]:
        """Return the numbers of all counties, those of the region first, then by name."""
        own = {places.municipality(number).county_number for number in self.municipalities}
        names = places.counties()
        return sorted(names, key=lambda number: (number not in own, sort_key(names[number])))

    def by_language(self, options: Iterable[Option]) -> list[Option]:
        """Sort tuples that begin with a language code by the region's order of languages, others last."""
        order = {code: index for index, code in enumerate(self.languages)}
        return sorted(options, key=lambda option: order.get(option[0], len(order)))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@cache
def default_region() -> Region:
    """Return the region of installations without a region file."""
    return Region.from_data(load_yaml("region.yaml"))


_installed: list[Region] = []


def use_region(region: Region | None) -> None:
    """Set the region of this process, None for the default one."""
    _installed[:] = [region] if region else []


def current_region() -> Region:
    """Return the region of this process."""
    return _installed[0] if _installed else default_region()


def language_choices() -> list[tuple[str, str]]:
    """Return the languages of pages as form choices, in the region's order."""
    return current_region().by_language(LOCALES.items())
