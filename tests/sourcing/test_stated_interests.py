"""Connections that a garden's people have declared are shown beside the supplier, without the person's name."""

import datetime as dt

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.vetting import queries
from marketplace.vetting import use_cases as vetting


def test_declared_connection_is_shown_beside_the_supplier(market, publish, sign_in, app):
    note = "has stated an interest in this supplier: a seat on its board"
    reference, browser = publish(), sign_in(market.owner)
    supplier, other = market.suppliers["Kvistverk"], market.suppliers["Myrull"]
    pages = (f"/suppliers/{supplier.slug}", f"/briefs/{reference}/ranking", "/suppliers")
    assert not any(note in browser.page(path).text for path in pages)
    vetting.declare_conflict(market.adviser, supplier.id, "board")
    for path in pages:
        text = browser.page(path).text
        assert text.count(note) == 1
        assert market.garden.name in text.split(note)[0][-200:]
    assert market.adviser.name not in app.test_client().page(pages[0]).text
    assert note not in browser.page(f"/suppliers/{other.slug}").text


def test_ended_connection_is_shown_for_thirty_days(market):
    supplier = market.suppliers["Kvistverk"]
    vetting.declare_conflict(market.adviser, supplier.id, "paid")
    vetting.end_conflict(market.adviser, queries.own_conflicts(market.adviser)[0].id)
    session.commit()
    for days, is_shown in ((30, True), (31, False)):
        with clock.as_of(clock.now() + dt.timedelta(days=days)):
            assert bool(queries.stated_interests()) is is_shown
