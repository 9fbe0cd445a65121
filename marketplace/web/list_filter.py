"""Filter bar of a list: a search box and selects, read from the query string and kept while paging.

`templates/components/filters.html` renders it as a form that works without JavaScript.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.core import places, taxonomy
from marketplace.core.collation import sort_key
from marketplace.core.i18n import gettext as _
from marketplace.core.list_query import ListQuery
from marketplace.web.counted_rows import CountedRows
from marketplace.web.query_args import query_arg

Options = Sequence[tuple[str, str]]
MAX_TEXT = 100


@dataclass(frozen=True)
class Select:
    """A select of a filter bar. The first option is the default and is left out of the query string."""

    name: str
    label: str
    options: Options


@dataclass(frozen=True)
class ListFilter:
    """A filter bar with the user's choices. `counted` are the rows that a figure of the report counts, if the page lists them."""

    search_label: str
    selects: Sequence[Select]
    query: ListQuery
    counted: CountedRows | None = None

    @property
    def args(self) -> dict[str, str]:
        """Query-string arguments that repeat the choices."""
        counted = self.counted.args if self.counted else {}
        return ({"q": self.query.text} if self.query.text else {}) | dict(self.query.chosen) | dict(counted)


def read_list_filter(search_label: str, *selects: Select, counted: CountedRows | None = None) -> ListFilter:
    """Return a filter bar with the choices in the query string. Unknown values are ignored."""
    chosen = {}
    for select in selects:
        value = query_arg(select.name, 60)
        if value in {code for code, _label in select.options[1:]}:
            chosen[select.name] = value
    return ListFilter(search_label, selects, ListQuery(query_arg("q", MAX_TEXT).strip(), chosen), counted)


def sort_select(*options: tuple[str, str]) -> Select:
    """Return the select of the order; the first option is the list's own order."""
    return Select("sort", _("Sort by"), options)


def state_select(*options: tuple[str, str], label: str = "") -> Select:
    """Return the select of the state."""
    return Select("state", label or _("Status"), (("", _("All")), *options))


def service_select() -> Select:
    """Return the select of the kind of service."""
    options = [(group.code, group.label) for group in taxonomy.groups()]
    return Select("service", _("Service"), (("", _("All services")), *options))


def place_select(municipality_numbers: Iterable[str]) -> Select:
    """Return the select of municipalities, by name."""
    options = [(number, places.municipality_name(number)) for number in set(municipality_numbers)]
    options.sort(key=lambda option: sort_key(option[1]))
    return Select("place", _("Municipality"), (("", _("All places")), *options))


def county_select() -> Select:
    """Return the select of counties, by name."""
    options = sorted(places.counties().items(), key=lambda option: sort_key(option[1]))
    return Select("place", _("County"), (("", _("All counties")), *options))


def sector_select() -> Select:
    """Return the select of sectors, in the taxonomy's order."""
    options = [(sector.code, sector.label) for sector in taxonomy.sectors().values()]
    return Select("sector", _("Sector"), (("", _("All sectors")), *options))
