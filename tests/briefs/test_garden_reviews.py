"""A garden's review of a draft: request, answer and cancellation."""

import datetime as dt

import pytest

from marketplace.briefs import queries, use_cases
from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from tests import factories
from tests.factories import briefs
from tests.support.notices import recipients_of


def test_garden_reviews_draft_on_request(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.colleague, brief.reference, "Er rammen riktig?")
    assert recipients_of("review_asked") == {market.adviser.user_id}
    with pytest.raises(Conflict):
        use_cases.publish(market.owner, brief.reference, confirmed=True)
    with pytest.raises(RuleBroken):
        use_cases.answer_review(market.adviser, brief.reference, "changes", "")
    use_cases.answer_review(
        market.adviser, brief.reference, "changes", "", {"frame": "Rammen er lav.", "need": ""}
    )
    assert recipients_of("review_answered") == {market.owner.user_id, market.colleague.user_id}
    fresh = session.get(Brief, brief.id)
    review = queries.last_review(fresh)
    assert fresh.state == "draft"
    assert (review.verdict, review.topic_comments) == ("changes", {"frame": "Rammen er lav."})
    assert review.revision == fresh.revision


def test_review_request_can_be_cancelled(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    use_cases.cancel_review(market.owner, brief.reference)
    with pytest.raises(NotFound):
        use_cases.answer_review(market.adviser, brief.reference, "ok", "")
    assert recipients_of("review_pulled_back") == {market.adviser.user_id}


@pytest.mark.parametrize("state", ["in_review", "waiting"])
def test_garden_is_reminded_once_on_the_day_the_answer_is_due(market, time_machine, state):
    time_machine.move_to(dt.datetime(2026, 11, 5, 12, tzinfo=dt.UTC), tick=False)  # a Thursday
    brief, other = briefs.draft(market.owner), briefs.draft(market.owner)
    for one in (brief, other):
        use_cases.ask_for_review(market.owner, one.reference)
    use_cases.cancel_review(market.owner, other.reference)
    brief.state = state
    session.commit()
    for day, hour, expected in ((6, 12, 0), (9, 5, 0), (9, 6, 1), (10, 12, 0)):
        time_machine.move_to(dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC), tick=False)
        assert use_cases.remind_about_reviews() == expected
    assert recipients_of("review_waits") == {market.adviser.user_id}


def test_brief_that_opens_by_itself_gives_no_reminder(market, time_machine):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    session.query(BriefReview).one().opens_at = clock.now()
    session.commit()
    time_machine.move_to(clock.start_of_day(clock.today() + dt.timedelta(days=7)) + dt.timedelta(hours=12))
    assert use_cases.remind_about_reviews() == 0
    session.query(BriefReview).one().opens_at = None
    session.commit()
    assert use_cases.remind_about_reviews() == 1


def test_review_of_empty_draft_is_refused(market):
    brief = use_cases.create_draft(market.owner)
    with pytest.raises(RuleBroken):
        use_cases.ask_for_review(market.owner, brief.reference)
    assert recipients_of() == set()


def test_review_without_garden_is_refused(market):
    alone = factories.member(factories.company("Fjellheim gard"))
    brief = briefs.draft(alone)
    with pytest.raises(RuleBroken, match="Ingen næringshage dekker kommunen"):
        use_cases.ask_for_review(alone, brief.reference)
    assert session.get(Brief, brief.id).state == "draft"
    assert session.query(BriefReview).count() == 0
    assert recipients_of() == set()


def test_unknown_review_answer_is_refused(market):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    with pytest.raises(RuleBroken, match="Velg om briefen er klar") as broken:
        use_cases.answer_review(market.adviser, brief.reference, "perhaps", "Tja.")
    assert broken.value.field == "verdict"
    assert session.get(Brief, brief.id).state == "in_review"
    assert session.query(BriefReview).one().answered_at is None
    assert recipients_of("review_answered") == set()


def test_withdrawal_after_advice_on_the_draft_is_the_companys(market, invite, sign_in):
    brief = briefs.draft(market.owner)
    use_cases.ask_for_review(market.owner, brief.reference)
    use_cases.answer_review(market.adviser, brief.reference, "changes", "Rammen er lav.")
    use_cases.publish(market.owner, brief.reference, confirmed=True)
    invite(brief, market.invited)
    use_cases.withdraw(market.owner, brief.reference, "Vi gjør det selv.")
    page = sign_in(market.invited).page(f"/briefs/{brief.reference}").text
    assert "The company has withdrawn the brief, and gave this reason: Vi gjør det selv." in page
