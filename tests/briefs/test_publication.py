"""Publication of a brief, and its extension and withdrawal."""

import datetime as dt

import pytest

from marketplace.audit.models import AuditEvent
from marketplace.briefs import queries, use_cases
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.outbox.models import Notice, OutboxMail
from tests.factories import briefs
from tests.support.concurrency import run_concurrently
from tests.support.notices import notices_to, recipients_of


def actions():
    return [event.action for event in session.query(AuditEvent).order_by(AuditEvent.id)]


@pytest.mark.both_databases
def test_concurrent_publications_publish_once(app, market):
    reference = briefs.draft(market.owner).reference
    published = []

    def publish(_number):
        published.append(use_cases.publish(market.owner, reference, confirmed=True).reference)

    results = run_concurrently(app, publish, 4)
    assert published == [reference]
    assert sum(isinstance(result, Conflict) for result in results) == 3
    assert len(session.query(Brief).one().versions) == 1


def test_publication_stores_version_and_deadline(market):
    brief = briefs.draft(market.owner)
    published = use_cases.publish(market.owner, brief.reference, confirmed=True)
    version = queries.current_version(published)
    day = dt.date.fromisoformat(version.answers["response_deadline"])
    assert (version.number, version.title) == (1, published.title)
    assert published.deadline == clock.end_of_day(day)
    assert published.question_deadline < published.deadline
    assert {(s.code, s.category) for s in published.services} == {
        ("ecm.shop", "ecm"),
        ("med.product-photo", "med"),
    }
    assert recipients_of("brief_published") == {market.colleague.user_id}
    assert recipients_of("brief_published_in_area") == {market.adviser.user_id}
    assert actions()[-1] == "brief.publish"
    assert session.query(OutboxMail).count() == session.query(Notice).count()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"services": []}, "services"),
        ({"deliverables": []}, "deliverables"),
        ({"problem": "For kort."}, "problem"),
        ({"budget_band": ""}, "budget_band"),
        ({"response_deadline": "2020-01-01"}, "response_deadline"),
        ({"response_deadline": clock.today().isoformat()}, "response_deadline"),
        ({"response_deadline": (clock.today() + dt.timedelta(days=61)).isoformat()}, "response_deadline"),
        ({"goal": ""}, "goal"),
        ({"content": {"text": "ready"}}, "content"),
        ({"finish_by": "2020-01-01"}, "finish_by"),
        ({"audience": ["local", "people_on_the_moon"]}, "audience"),
    ],
)
def test_publication_with_missing_answer_is_refused(market, change, field):
    brief = briefs.draft(market.owner, **change)
    with pytest.raises(RuleBroken) as broken:
        use_cases.publish(market.owner, brief.reference, confirmed=True)
    assert broken.value.field == field
    fresh = session.get(Brief, brief.id)
    assert (fresh.state, fresh.versions, fresh.published_at) == ("draft", [], None)
    assert recipients_of() == set()


def test_publication_needs_confirmation(market):
    brief = briefs.draft(market.owner)
    with pytest.raises(RuleBroken) as broken:
        use_cases.publish(market.owner, brief.reference)
    assert broken.value.field == "confirmed"


def test_second_publication_is_refused(market):
    brief = briefs.published(market.owner)
    with pytest.raises(Conflict):
        use_cases.publish(market.owner, brief.reference, confirmed=True)
    with pytest.raises(Conflict):
        use_cases.delete_draft(market.owner, brief.reference)
    with pytest.raises(Conflict):
        use_cases.save_topic(market.owner, brief.reference, "need", [], {})
    assert len(session.get(Brief, brief.id).versions) == 1


def test_publication_rolls_back_with_outer_transaction(market):
    brief = briefs.draft(market.owner)

    def publish_and_fail():
        with transaction():
            use_cases.publish(market.owner, brief.reference, confirmed=True)
            raise RuntimeError("the ranking failed")

    with pytest.raises(RuntimeError):
        publish_and_fail()
    assert session.get(Brief, brief.id).state == "draft"
    assert recipients_of() == set()


def test_deadline_is_extended_twice_within_sixty_days(market, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    first = clock.to_local(brief.deadline).date()
    for day in (first, first - dt.timedelta(days=1), clock.today() + dt.timedelta(days=61)):
        with pytest.raises(RuleBroken):
            use_cases.extend_deadline(market.owner, brief.reference, day)
    moved = use_cases.extend_deadline(market.owner, brief.reference, first + dt.timedelta(days=3))
    assert moved.deadline == clock.end_of_day(first + dt.timedelta(days=3))
    assert recipients_of("brief_extended") == {market.invited.user_id, market.colleague.user_id}
    mail = session.query(OutboxMail).filter_by(user_id=market.invited.user_id).one()
    assert f"DTSTART:{moved.deadline:%Y%m%dT%H%M%SZ}" in mail.calendar
    use_cases.extend_deadline(market.owner, brief.reference, first + dt.timedelta(days=5))
    with pytest.raises(RuleBroken):
        use_cases.extend_deadline(market.owner, brief.reference, first + dt.timedelta(days=7))


def test_extension_after_deadline_needs_no_offers(market, time_machine):
    brief = briefs.published(market.owner)
    time_machine.move_to(brief.deadline + dt.timedelta(seconds=1), tick=False)
    later = clock.today() + dt.timedelta(days=7)
    with pytest.raises(RuleBroken):
        use_cases.extend_deadline(market.owner, brief.reference, later)
    moved = use_cases.extend_deadline(market.owner, brief.reference, later, nobody_answered=True)
    assert queries.phase_of(moved) is Phase.OPEN


def test_withdrawal_notifies_everyone_in_their_locale(market, invite):
    brief = briefs.published(market.owner)
    invite(brief, market.invited)
    with pytest.raises(RuleBroken):
        use_cases.withdraw(market.owner, brief.reference, "Nei")
    use_cases.withdraw(market.owner, brief.reference, "Vi gjør jobben selv i år.")
    everyone = {market.invited.user_id, market.colleague.user_id, market.adviser.user_id}
    assert recipients_of("brief_withdrawn") == everyone
    notice = session.query(Notice).filter_by(user_id=market.invited.user_id, kind="brief_withdrawn").one()
    assert notice.locale == "nn"
    assert "Vi gjør jobben selv i år." in notice.body
    company = market.owner.organisation_name
    assert company not in notice.subject
    mail = (
        session.query(OutboxMail)
        .filter_by(user_id=market.invited.user_id)
        .order_by(OutboxMail.id.desc())
        .first()
    )
    assert mail.calendar.count("STATUS:CANCELLED") == mail.calendar.count("BEGIN:VEVENT") == 2
    assert "BEGIN:VALARM" not in mail.calendar
    (told,) = notices_to(market.adviser, "brief_withdrawn")
    assert company in told.subject
    with pytest.raises(Conflict):
        use_cases.withdraw(market.owner, brief.reference, "Vi gjør jobben selv i år.")
