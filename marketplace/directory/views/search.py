"""Search page of the public directory."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask import render_template, request
from markupsafe import Markup

from marketplace.core import clock, places, taxonomy
from marketplace.core.cache import BoundedCache
from marketplace.core.collation import sort_key
from marketplace.core.i18n import current_locale, format_list, format_money, gettext as _, ngettext, quoted
from marketplace.core.region import current_region
from marketplace.directory import queries
from marketplace.directory.search.place_names import place_label
from marketplace.directory.search.search import (
    PRICE_STEPS,
    Catalogue,
    QueryReading,
    ResultOrder,
    SearchQuery,
    SearchResult,
    distance_from,
)
from marketplace.directory.use_cases import count_unanswered_search
from marketplace.directory.views.base import blueprint
from marketplace.suppliers.forms import choices
from marketplace.vetting.queries import StatedInterest, stated_interests
from marketplace.web import access
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.response import ViewResponse

if TYPE_CHECKING:
    from collections.abc import Callable

Options = list[tuple[str, list[tuple[str, str, int]]]]
RenderedPage = tuple[str, Markup]
"""Title and body of a page."""

MAX_KINDS = 8
SORTS = ("distance", "price", "newest")
_REFERENCE = re.compile(r"[0-9]{4}-[0-9]{4,7}")
_MAX_CACHED_PAGES = 100
_cache: "WeakKeyDictionary[Catalogue, BoundedCache[tuple[object, ...], RenderedPage]]" = WeakKeyDictionary()


def _parse_query() -> SearchQuery:
    """Read the search from the query string. Unknown codes are ignored."""

    def read(name: str, known: object) -> str:
        value = query_arg(name, 40)
        return value if value in known else ""  # type: ignore[operator]  # because each is a container of words

    kinds = [kind for value in request.args.getlist("kind")[:MAX_KINDS] for kind in value[:400].split(",")]
    known_kinds = {*taxonomy.services(), *taxonomy.groups_by_code()}
    return SearchQuery(
        text=query_arg("q", 200),
        kind=",".join([kind for kind in dict.fromkeys(kinds) if kind in known_kinds][:MAX_KINDS]),
        place=read("place", {*places.municipalities_by_number(), *places.counties()})
        or places.find_place(query_arg("place", 40)),
        sector=read("sector", taxonomy.sectors()),
        language=read("language", dict(choices.languages())),
        price=read("price", {str(step) for step in PRICE_STEPS}),
        remote=read("remote", {"yes"}),
    )


def _parse_order(query: SearchQuery) -> ResultOrder:
    """Read the order from the query string. Distance is measured from `near`, or else from the place of the search."""
    sort = query_arg("sort", 20)
    near = places.find_place(query_arg("near", 40)) or query.place
    is_municipality = near in places.municipalities_by_number()
    return ResultOrder(sort if sort in SORTS else "", near if is_municipality else "")


def order_args(order: ResultOrder) -> dict[str, str]:
    """Return the query string arguments for an order."""
    near = places.municipality_name(order.near) if order.sort == "distance" else ""
    chosen = {"sort": order.sort, "near": near}
    return {name: value for name, value in chosen.items() if value}


def query_string_args(query: SearchQuery) -> dict[str, str]:
    """Query string arguments for a search."""
    chosen = query.chosen()
    return ({"q": chosen.pop("text")} if "text" in chosen else {}) | chosen


def _options(query: SearchQuery, result: SearchResult) -> dict[str, Options]:
    """Options of each facet with their counts. Options without results are left out unless chosen."""

    def counted(facet: str, items: list[tuple[str, str]]) -> list[tuple[str, str, int]]:
        chosen, counts = getattr(query, facet), result.counts[facet]
        return [
            (code, label, counts.get(code, 0)) for code, label in items if counts.get(code) or code == chosen
        ]

    kinds = [
        (label, counted("kind", [(code, _("Everything in %(kind)s", kind=label)), *items]))
        for code, label, items in choices.service_groups()
    ]
    if "," in query.kind:
        label = format_list([_kind_label(kind) for kind in query.kind.split(",")])
        kinds.insert(0, ("", [(query.kind, label, len(result.entries))]))
    by_county: Options = []
    names = places.counties()
    for county in current_region().sorted_counties():
        inside = [(number, place_label(number)) for number in places.municipalities_in(county)]
        whole = (county, _("All of %(county)s", county=names[county]))
        by_county.append(
            (names[county], counted("place", [whole, *sorted(inside, key=lambda item: sort_key(item[1]))]))
        )
    prices = [(str(step), _("Up to %(sum)s", sum=format_money(step))) for step in PRICE_STEPS]
    return {
        "kind": [group for group in kinds if group[1]],
        "place": [group for group in by_county if group[1]],
        "sector": [("", counted("sector", taxonomy.sector_options(taxonomy.sectors())))],
        "language": [("", counted("language", choices.languages()))],
        "price": [("", counted("price", prices))],
    }


def _kind_label(code: str) -> str:
    """Name of a service or a group."""
    return (taxonomy.services().get(code) or taxonomy.group(code)).label


def _filter_label(name: str, query: SearchQuery) -> str:
    """Label of a chosen filter."""
    value = getattr(query, name)
    words: dict[str, Callable[[], str]] = {
        "text": lambda: quoted(value),
        "kind": lambda: format_list([_kind_label(kind) for kind in value.split(",")]),
        "place": lambda: _("Takes jobs in %(place)s", place=place_label(value)),
        "sector": lambda: taxonomy.sector(value).label,
        "language": lambda: dict(choices.languages())[value],
        "price": lambda: _("Up to %(sum)s", sum=format_money(int(value))),
        "remote": lambda: _("Works online"),
    }
    return words[name]()


def _title(total: int, *, narrowed: bool) -> str:
    if not total:
        return _("No supplier meets all of these requirements")
    return ngettext("%(num)s supplier", "%(num)s suppliers", total) if narrowed else _("Find a supplier")


def _chips(query: SearchQuery) -> list[tuple[str, dict[str, str]]]:
    """Label of each chosen filter, and the query string arguments without it. Each of several kinds has its own."""
    chips = []
    for name in query.chosen():
        kinds = query.kind.split(",") if name == "kind" else []
        if len(kinds) > 1:
            for kind in kinds:
                others = replace(query, kind=",".join(other for other in kinds if other != kind))
                chips.append((_kind_label(kind), query_string_args(others)))
        else:
            chips.append((_filter_label(name, query), query_string_args(query.without(name))))
    return chips


def _chosen_brief() -> str:
    """Reference of the brief that the visitor chooses suppliers for. The page that invites checks access to it."""
    value = query_arg("brief", 12)
    return value if _REFERENCE.fullmatch(value) else ""


def _render_page(  # noqa: PLR0913 because the page depends on all of them, as the key of the cache does
    typed: SearchQuery,
    number: int,
    brief: str,
    order: ResultOrder,
    interests: Mapping[int, Sequence[StatedInterest]],
    *,
    exact: bool,
) -> RenderedPage:
    reading = QueryReading(typed) if exact else queries.catalogue().read(typed)
    query = reading.query
    if not order.near and query.place in places.municipalities_by_number():
        order = replace(order, near=query.place)
    page, result = queries.search(query, number, order)
    chosen = _chips(query)
    as_typed = query_string_args(typed) | {"exact": "yes"}
    relaxations = queries.find_relaxations(query) if not page.total else []
    if not page.total and number == 1:
        count_unanswered_search(query)
    is_empty = not queries.catalogue().entries
    title = _("Find a supplier") if is_empty else _title(page.total, narrowed=bool(chosen))
    inside = render_template(
        "directory/_search.html",
        brief=brief,
        interests=interests,
        kept=({"brief": brief} if brief else {}) | order_args(order),
        order=order,
        near_name=places.municipality_name(order.near),
        distance=lambda entry: round(distance_from(order.near, entry)),
        title=title,
        is_empty=is_empty,
        query=query,
        page=page,
        options=_options(query, result),
        remote_count=result.counts["remote"].get("yes", 0),
        chosen=chosen,
        relaxations=[
            (_filter_label(name, query), query_string_args(query.without(name)), count)
            for name, count in relaxations
        ],
        args=as_typed if exact else query_string_args(query),
        reading=reading,
        typed=typed,
        as_typed=as_typed,
        filtered=bool(query.sector or query.price or query.remote or query.language),
    )
    return title, Markup(inside)  # noqa: S704 because a template has escaped it


@blueprint.get("/suppliers")
@access.public
def search() -> ViewResponse:
    """Find suppliers.

    The body of the page is cached by everything that it depends on: directory, declared conflicts of interest, search,
    language and day. A search without a result is counted when the page is rendered, so that reloading it counts once.
    """
    query, number = _parse_query(), page_arg()
    order = _parse_order(query)
    pages = _cache.setdefault(queries.catalogue(), BoundedCache(_MAX_CACHED_PAGES))
    exact = query_arg("exact") == "yes"
    brief = _chosen_brief()
    interests = stated_interests()
    declared = tuple(interest for found in interests.values() for interest in found)
    key = (current_locale(), clock.today(), request.script_root, query, number, brief, order, exact, declared)
    title, inside = pages.get_or_create(
        key, lambda: _render_page(query, number, brief, order, interests, exact=exact)
    )
    return render_template("directory/search.html", title=title, body=inside)
