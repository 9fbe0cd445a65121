"""Briefs that a garden reads before they open, by its own settings."""

import datetime as dt

import pytest
from sqlalchemy import select

from marketplace.briefs import notices, use_cases as briefs
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Forbidden
from marketplace.organisations import use_cases as organisations
from marketplace.organisations.models import BusinessGarden
from marketplace.organisations.use_cases import ReviewSettings
from marketplace.outbox.models import Notice
from marketplace.sourcing import use_cases
from tests import factories
from tests.factories.briefs import draft

FIRST = "it is the first brief of the company"


def state_of(reference):
    return session.scalar(select(Brief.state).where(Brief.reference == reference))


def turn_on(market, *names):
    garden = session.get_one(BusinessGarden, market.adviser.organisation_id)
    for name in names:
        setattr(garden, name, True)
    session.commit()


def test_new_garden_reads_all_three_kinds_first(app):
    garden = BusinessGarden(name="Ny", slug="ny", municipality_number="5021")
    session.add(garden)
    session.flush()
    assert (garden.reviews_first_brief, garden.reviews_unsure, garden.reviews_no_budget) == (True,) * 3


def test_first_brief_waits_with_its_reason_and_opens_after_the_answer(market, sign_in):
    turn_on(market, "reviews_first_brief")
    reference = draft(market.owner).reference
    company, garden = sign_in(market.owner), sign_in(market.adviser)
    sentence = f"{market.garden.name} reads this brief first, because {FIRST}."
    assert sentence in company.page(f"/briefs/{reference}/check").text
    use_cases.publish_brief(market.owner, reference, confirmed=True)
    assert state_of(reference) == "waiting"
    assert sentence in company.page(f"/briefs/{reference}").text
    assert "The brief opens automatically on" in company.page(f"/briefs/{reference}").text
    assert f"You read it first, because {FIRST}." in garden.page("/home").text
    path = f"/briefs/{reference}/first-publication"
    page = garden.page(path).text
    assert FIRST in page
    assert "genuine company" not in page
    assert garden.post(path, data={"verdict": "ok"}).status_code == 303
    assert state_of(reference) == "published"
    assert (
        use_cases.publish_brief(market.owner, draft(market.owner).reference, confirmed=True).state
        == "published"
    )


def test_unanswered_first_brief_opens_by_itself(market):
    turn_on(market, "reviews_first_brief")
    reference = use_cases.publish_brief(market.owner, draft(market.owner).reference, confirmed=True).reference
    assert use_cases.open_waiting_briefs() == 0
    with clock.as_of(clock.now() + dt.timedelta(days=6)):
        assert use_cases.open_waiting_briefs() == 1
    assert state_of(reference) == "published"
    body = session.scalar(select(Notice.body).where(Notice.kind == "brief_waits"))
    assert body is None or "fordi" in body


@pytest.mark.parametrize(
    ("setting", "answers", "state"),
    [
        ("reviews_no_budget", {"budget_band": "unknown"}, "waiting"),
        ("reviews_no_budget", {}, "published"),
        ("reviews_unsure", {"personal_data": "unknown"}, "waiting"),
        ("reviews_unsure", {"budget_band": "unknown"}, "published"),
        ("reviews_first_brief", {}, "waiting"),
    ],
)
def test_brief_waits_only_for_the_reasons_that_are_on(market, setting, answers, state):
    turn_on(market, setting)
    reference = draft(market.owner, **answers).reference
    assert use_cases.publish_brief(market.owner, reference, confirmed=True).state == state


def test_draft_that_the_garden_called_ready_opens_at_once(market):
    turn_on(market, "reviews_first_brief")
    reference = draft(market.owner).reference
    briefs.ask_for_review(market.owner, reference, "")
    briefs.answer_review(market.adviser, reference, "ok", "")
    assert use_cases.publish_brief(market.owner, reference, confirmed=True).state == "published"


def test_company_without_a_garden_is_not_reviewed(market):
    owner = factories.member(factories.company("Alene handel"))
    assert use_cases.publish_brief(owner, draft(owner).reference, confirmed=True).state == "published"


def test_notice_of_a_company_without_a_garden_promises_no_answer():
    opens_at = clock.now() + dt.timedelta(days=1)
    message = notices.brief_waits(
        "Nettbutikk", "2026-0001", opens_at, [], is_known=False, has_garden=False
    ).compose()
    assert "Uten svar" not in " ".join(message.lines)
    assert message.lines[0].startswith("Ingen næringshage dekker")
    assert message.lines[1].startswith("Briefen åpner automatisk")


def test_curator_changes_the_settings_and_an_adviser_cannot(market, sign_in):
    turn_on(market, "reviews_first_brief", "reviews_unsure", "reviews_no_budget")
    curator = factories.member(market.garden, "curator")
    browser = sign_in(curator)
    assert "/organisation/reviews" in browser.get("/companies").text
    browser.page("/organisation/reviews")
    assert browser.post("/organisation/reviews", data={"reviews_unsure": "y"}).status_code == 303
    assert organisations.review_settings(curator) == ReviewSettings(
        reviews_first_brief=False, reviews_unsure=True, reviews_no_budget=False
    )
    with pytest.raises(Forbidden):
        organisations.save_review_settings(market.adviser, organisations.review_settings(market.adviser))
