"""The public directory and a supplier's public page."""

from typing import TYPE_CHECKING

from flask import render_template, request

from marketplace.core import places, taxonomy
from marketplace.core.i18n import format_money, sort_key
from marketplace.core.i18n import gettext as _
from marketplace.suppliers import beside, queries
from marketplace.suppliers.completeness import area_in_words
from marketplace.suppliers.forms import choices
from marketplace.suppliers.search import PRICE_STEPS, Hits, Wanted
from marketplace.suppliers.views.base import STANDINGS, Answer, blueprint
from marketplace.web import access
from marketplace.web.questions import asked_for
from marketplace.web.viewer import current_viewer

if TYPE_CHECKING:
    from collections.abc import Callable

Options = list[tuple[str, list[tuple[str, str, int]]]]


def _wanted() -> Wanted:
    """Return what the address asks for; what the taxonomy does not know is let go."""

    def read(name: str, known: object) -> str:
        value = asked_for(name, 40)
        return value if value in known else ""  # type: ignore[operator]  # because each is a container of words

    return Wanted(
        text=asked_for("q", 200),
        kind=read("kind", {*taxonomy.services(), *taxonomy.groups_by_code()}),
        place=read("place", places.municipalities_by_number()),
        sector=read("sector", taxonomy.sectors()),
        language=read("language", dict(choices.languages())),
        price=read("price", {str(step) for step in PRICE_STEPS}),
        remote=read("remote", {"yes"}),
    )


def address(wanted: Wanted) -> dict[str, str]:
    """Return the words of the address that asks for the same again."""
    chosen = wanted.chosen()
    return ({"q": chosen.pop("text")} if "text" in chosen else {}) | chosen


def _options(wanted: Wanted, hits: Hits) -> dict[str, Options]:
    """Return the choices of each facet with their counts; what would give nothing is left out unless chosen."""

    def counted(facet: str, items: list[tuple[str, str]]) -> list[tuple[str, str, int]]:
        chosen, counts = getattr(wanted, facet), hits.counts[facet]
        return [
            (code, label, counts.get(code, 0)) for code, label in items if counts.get(code) or code == chosen
        ]

    kinds = [
        (label, counted("kind", [(code, _("All of %(kind)s", kind=label)), *items]))
        for code, label, items in choices.service_groups()
    ]
    by_county: Options = []
    names = places.counties()
    for county in sorted(names, key=lambda number: (number != places.TRONDELAG, sort_key(names[number]))):
        inside = [(number, places.municipality(number).name) for number in places.in_county(county)]
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


def _said(name: str, wanted: Wanted) -> str:
    """Return a chosen thing in words."""
    value = getattr(wanted, name)
    words: dict[str, Callable[[], str]] = {
        "text": lambda: f"«{value}»",
        "kind": lambda: (taxonomy.services().get(value) or taxonomy.group(value)).label,
        "place": lambda: _("Takes jobs in %(place)s", place=places.municipality(value).name),
        "sector": lambda: taxonomy.sector(value).label,
        "language": lambda: dict(choices.languages())[value],
        "price": lambda: _("Up to %(sum)s", sum=format_money(int(value))),
        "remote": lambda: _("Works on screen"),
    }
    return words[name]()


@blueprint.get("/suppliers")
@access.public
def directory() -> Answer:
    """Find suppliers."""
    wanted = _wanted()
    page, hits = queries.search(wanted, request.args.get("page", 1, type=int))
    chosen = [(name, _said(name, wanted), address(wanted.without(name))) for name in wanted.chosen()]
    looser = queries.loosen(wanted) if not page.total else []
    return render_template(
        "suppliers/directory.html",
        wanted=wanted,
        page=page,
        options=_options(wanted, hits),
        remote_count=hits.counts["remote"].get("yes", 0),
        chosen=chosen,
        looser=[(_said(name, wanted), address(wanted.without(name)), count) for name, count in looser],
        args=address(wanted),
        filtered=bool(wanted.sector or wanted.price or wanted.remote or wanted.language),
    )


@blueprint.get("/suppliers/<slug>")
@access.public
def show(slug: str) -> Answer:
    """One supplier."""
    viewer = current_viewer()
    shown = queries.show(viewer, slug)
    return render_template(
        "suppliers/show.html",
        blocks=beside.blocks(viewer, shown.supplier.id),
        shown=shown,
        supplier=shown.supplier,
        standing_of=queries.standing_of,
        area=area_in_words(shown.supplier),
        spoken=choices.spoken(shown.supplier),
        names=STANDINGS,
    )
