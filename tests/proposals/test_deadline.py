"""Deadlines use the server clock inside the transaction, also across daylight saving time changes."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import RuleBroken
from marketplace.proposals import queries, use_cases
from marketplace.proposals.lifecycle import ProposalState
from tests.factories.market import Market
from tests.factories.offers import full_content

ENDS = {
    # The day that summer time ends has 25 hours, the day it begins has 23.
    dt.date(2026, 10, 25): dt.datetime(2026, 10, 25, 22, 59, 59, tzinfo=dt.UTC),
    dt.date(2027, 3, 28): dt.datetime(2027, 3, 28, 21, 59, 59, tzinfo=dt.UTC),
}
LATER = {"start": dt.date(2027, 6, 1), "finish": dt.date(2027, 9, 1), "valid_until": dt.date(2027, 8, 1)}
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(params=ENDS, ids=str)
def ending(request: pytest.FixtureRequest, market: Market, at_noon: Any) -> tuple[Market, Any, dt.datetime]:
    """A market one hour before the deadline, on a day when daylight saving time changes."""
    end = ENDS[request.param]
    assert clock.end_of_day(request.param) == end
    brief = market.brief
    brief.deadline, brief.published_at = end, end - dt.timedelta(days=14)
    for version in brief.versions:
        version.published_at = brief.published_at
    session.commit()
    at_noon.move_to(end - dt.timedelta(hours=1), tick=False)
    return market, at_noon, end


Ending = tuple[Market, Any, dt.datetime]


def form(browser: Any, market: Market) -> dict[str, Any]:
    """Return the current field values of the offer form."""
    return {
        field.get("name"): field.get("value", "")
        for field in browser.page(f"/briefs/{market.reference}/proposal").root.iter("input")
        if field.get("type") in {"text", "hidden"} and field.get("name")
    }


def test_offer_one_second_before_deadline_is_accepted(ending: Ending) -> None:
    market, now, end = ending
    now.move_to(end - SECOND, tick=False)
    assert market.send("kvistverk", **LATER).state == ProposalState.SUBMITTED


def test_offer_one_second_after_deadline_is_refused(ending: Ending, app: Flask) -> None:
    market, now, end = ending
    saved = use_cases.save(market.kvistverk, market.reference, full_content(**LATER))
    browser: Any = app.test_client().sign_in(market.kvistverk.user_id)
    filled = form(browser, market)
    now.move_to(end + SECOND, tick=False)
    with pytest.raises(RuleBroken):
        use_cases.submit(market.kvistverk, market.reference, saved.revision)
    answer = browser.post(
        f"/briefs/{market.reference}/proposal", data=filled | {"act": "send", "team": "For sent"}
    )
    assert answer.status_code in {409, 422}
    assert "For sent" in answer.text
    stored = market.proposal("kvistverk")
    assert (stored.state, stored.submitted_at, stored.content["team"]) == (
        ProposalState.DRAFT,
        None,
        "Ane og Trygve",
    )


def test_company_is_denied_one_second_before_opening(ending: Ending, app: Flask) -> None:
    market, now, end = ending
    number = market.send("kvistverk", **LATER).id
    now.move_to(end - SECOND, tick=False)
    found = queries.offers_for(market.owner, market.reference)
    assert found.is_sealed
    assert found.offers == ()
    browser: Any = app.test_client().sign_in(market.owner.user_id)
    assert browser.get(f"/briefs/{market.reference}/proposals/{number}").status_code == 404
    assert browser.get(f"/briefs/{market.reference}/award").status_code == 404


def test_company_reads_offers_one_second_after_opening(ending: Ending, app: Flask) -> None:
    market, now, end = ending
    number = market.send("kvistverk", **LATER).id
    now.move_to(end + SECOND, tick=False)
    browser: Any = app.test_client().sign_in(market.owner.user_id)
    assert "Kvistverk" in browser.get(f"/briefs/{market.reference}/proposals").text
    assert browser.get(f"/briefs/{market.reference}/proposals/{number}").status_code == 200
    assert use_cases.open_due() == 1
    assert use_cases.open_due() == 0
