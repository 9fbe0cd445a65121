"""Connections that a garden's people have declared are shown beside the supplier, without the person's name."""

import datetime as dt

from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.sourcing.queries import latest_run
from marketplace.sourcing.ranking.stored_ranking import open_run
from marketplace.vetting import queries, use_cases as vetting


def test_declared_connection_is_shown_beside_the_supplier(market, publish, sign_in, app):
    note = "has declared a connection to this supplier: a seat on its board"
    reference, browser = publish(), sign_in(market.owner)
    supplier, other = market.suppliers["Kvistverk"], market.suppliers["Myrull"]
    pages = (
        f"/suppliers/{supplier.slug}",
        f"/briefs/{reference}/ranking",
        f"/briefs/{reference}/invite/{supplier.slug}",
        "/suppliers",
    )
    assert not any(note in browser.page(path).text for path in pages)
    vetting.declare_conflict(market.adviser, supplier.id, "board")
    for path in pages:
        text = browser.page(path).text
        assert text.count(note) == 1
        assert market.garden.name in text.split(note)[0][-200:]
    assert market.adviser.name not in app.test_client().page(pages[0]).text
    assert note not in browser.page(f"/suppliers/{other.slug}").text


def test_declared_connection_changes_no_score(market, publish):
    def ranked() -> list[tuple[int, float]]:
        matches = open_run(
            latest_run(session.scalars(select(Brief).order_by(Brief.id.desc())).first())
        ).matches
        return [(int(match["document_id"]), match["score"]) for match in matches]

    publish()
    before = ranked()
    vetting.declare_conflict(market.adviser, market.suppliers["Kvistverk"].id, "owner")
    publish()
    after = ranked()
    assert before
    assert sorted(after) == sorted(before)


def test_ended_connection_is_shown_for_thirty_days(market):
    supplier = market.suppliers["Kvistverk"]
    vetting.declare_conflict(market.adviser, supplier.id, "paid")
    vetting.end_conflict(market.adviser, queries.own_conflicts(market.adviser)[0].id)
    session.commit()
    for days, is_shown in ((30, True), (31, False)):
        with clock.as_of(clock.now() + dt.timedelta(days=days)):
            assert bool(queries.stated_interests()) is is_shown
