"""Search page of the public directory."""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from flask import render_template, request
from markupsafe import Markup

from marketplace.core import clock, places, taxonomy
from marketplace.core.cache import BoundedCache
from marketplace.core.i18n import current_locale, format_money, ngettext, sort_key
from marketplace.core.i18n import gettext as _
from marketplace.directory import queries
from marketplace.directory.search import PRICE_STEPS, Catalogue, SearchQuery, SearchResult
from marketplace.directory.views.base import Answer, blueprint
from marketplace.suppliers.forms import choices
from marketplace.web import access
from marketplace.web.query_args import page_arg, query_arg

if TYPE_CHECKING:
    from collections.abc import Callable

Options = list[tuple[str, list[tuple[str, str, int]]]]
RenderedPage = tuple[str, Markup]
"""Title and body of a page."""

_MAX_CACHED_PAGES = 100
_cache: "WeakKeyDictionary[Catalogue, BoundedCache[tuple[object, ...], RenderedPage]]" = WeakKeyDictionary()


def _parse_query() -> SearchQuery:
    """Read the search from the query string. Unknown codes are ignored."""

    def read(name: str, known: object) -> str:
        value = query_arg(name, 40)
        return value if value in known else ""  # type: ignore[operator]  # because each is a container of words

    return SearchQuery(
        text=query_arg("q", 200),
        kind=read("kind", {*taxonomy.services(), *taxonomy.groups_by_code()}),
        place=read("place", places.municipalities_by_number()),
        sector=read("sector", taxonomy.sectors()),
        language=read("language", dict(choices.languages())),
        price=read("price", {str(step) for step in PRICE_STEPS}),
        remote=read("remote", {"yes"}),
    )


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
    by_county: Options = []
    names = places.counties()
    for county in sorted(names, key=lambda number: (number != places.TRONDELAG, sort_key(names[number]))):
        inside = [(number, places.municipality(number).name) for number in places.municipalities_in(county)]
        by_county.append(
            (names[county], counted("place", sorted(inside, key=lambda item: sort_key(item[1]))))
        )
    prices = [(str(step), _("Up to %(sum)s", sum=format_money(step))) for step in PRICE_STEPS]
    return {
        "kind": [group for group in kinds if group[1]],
        "place": [group for group in by_county if group[1]],
        "sector": [("", counted("sector", choices.sectors()))],
        "language": [("", counted("language", choices.languages()))],
        "price": [("", counted("price", prices))],
    }


def _filter_label(name: str, query: SearchQuery) -> str:
    """Label of a chosen filter."""
    value = getattr(query, name)
    words: dict[str, Callable[[], str]] = {
        "text": lambda: f"«{value}»",
        "kind": lambda: (taxonomy.services().get(value) or taxonomy.group(value)).label,
        "place": lambda: _("Takes jobs in %(place)s", place=places.municipality(value).name),
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


def _render_page(query: SearchQuery, number: int) -> RenderedPage:
    page, result = queries.search(query, number)
    chosen = [
        (name, _filter_label(name, query), query_string_args(query.without(name))) for name in query.chosen()
    ]
    relaxations = queries.find_relaxations(query) if not page.total else []
    title = _title(page.total, narrowed=bool(chosen))
    inside = render_template(
        "directory/_search.html",
        title=title,
        query=query,
        page=page,
        options=_options(query, result),
        remote_count=result.counts["remote"].get("yes", 0),
        chosen=chosen,
        relaxations=[
            (_filter_label(name, query), query_string_args(query.without(name)), count)
            for name, count in relaxations
        ],
        args=query_string_args(query),
        filtered=bool(query.sector or query.price or query.remote or query.language),
    )
    return title, Markup(inside)  # noqa: S704 because a template has escaped it


@blueprint.get("/suppliers")
@access.public
def search() -> Answer:
    """Find suppliers.

    The page's body depends only on the directory, the search, the language and the day, and is cached for them.
    """
    query, number = _parse_query(), page_arg()
    pages = _cache.setdefault(queries.catalogue(), BoundedCache(_MAX_CACHED_PAGES))
    key = (current_locale(), clock.today(), request.script_root, query, number)
    title, inside = pages.get_or_create(key, lambda: _render_page(query, number))
    return render_template("directory/search.html", title=title, body=inside)
