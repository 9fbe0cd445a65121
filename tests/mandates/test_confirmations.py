"""Acts that an adviser prepares are done only when an owner confirms them, by link or signed in."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs import use_cases as briefs
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.mandates.models import Confirmation, ConfirmationLink
from marketplace.mandates.rules import Outcome
from marketplace.mandates.use_cases import confirmations, mandates
from marketplace.organisations.models import Membership
from marketplace.outbox.models import Notice, OutboxMail
from tests import factories
from tests.factories.briefs import draft, published
from tests.factories.mandates import MandatePeople
from tests.support.browser import signed_in
from tests.support.concurrency import run_concurrently


def links() -> list[str]:
    """Return the mailed links, the newest last."""
    mails = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [mail.link_path for mail in mails if mail.link_path.startswith("/confirmations/")]


def state(brief: Brief) -> str:
    session.expire_all()
    return session.get_one(Brief, brief.id).state


@pytest.fixture
def asked(people: MandatePeople) -> Brief:
    """Return a complete draft that the owner has been asked to publish."""
    mandate = people.give()
    brief = draft(people.owner)
    confirmations.ask_for_confirmation(people.acting(mandate), "publish", brief.reference)
    return brief


def test_adviser_asks_and_the_owner_publishes_by_link(people: MandatePeople) -> None:
    people.give()
    brief = draft(people.owner)
    browser = people.writing()
    check = browser.get(f"/briefs/{brief.reference}/check").text
    assert f"/mandate/publish/{brief.reference}" in check
    assert f"/briefs/{brief.reference}/publish" not in check
    assert browser.post(f"/briefs/{brief.reference}/publish", data={"confirmed": "yes"}).status_code == 403
    page = browser.post(f"/mandate/publish/{brief.reference}", follow_redirects=True)
    assert "En eier kan svare til" in page.text
    assert state(brief) == BriefState.DRAFT
    (link,) = links()
    visitor: Any = people.app.test_client()
    shown = visitor.get(link)
    assert shown.status_code == 200
    assert brief.title in shown.text
    assert people.garden.name in shown.text
    assert "Kundene våre" in shown.text or "40 slags ost" in shown.text, "the owner reads the brief itself"
    assert state(brief) == BriefState.DRAFT, "opening the link does nothing"
    done = visitor.post(link, follow_redirects=True)
    assert "Eli Eier bekreftet dette" in done.text
    assert state(brief) == BriefState.PUBLISHED
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "brief.publish")).one()
    assert (event.actor_id, event.details.get("mandate")) == (people.owner.user_id, None)
    told = select(Notice.kind).where(Notice.user_id == people.adviser.user_id)
    assert "confirmation_given" in session.scalars(told).all()


def test_link_used_again_says_that_it_is_done(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    visitor: Any = people.app.test_client()
    visitor.post(link)
    again = people.app.test_client().post(link)
    assert again.status_code == 409
    assert "Eli Eier bekreftet dette" in again.text
    assert session.query(AuditEvent).filter_by(action="brief.publish").count() == 1


def test_links_are_personal_and_the_owner_of_the_link_is_recorded(people: MandatePeople) -> None:
    second = factories.member(people.company, name="Sara Sameier")
    mandate = people.give()
    brief = draft(people.owner)
    confirmations.ask_for_confirmation(people.acting(mandate), "publish", brief.reference)
    mails = session.scalars(select(OutboxMail).where(OutboxMail.subject.contains("Bekreft"))).all()
    assert sorted(mail.recipient for mail in mails) == sorted([people.owner.email, second.email])
    link = next(mail.link_path for mail in mails if mail.recipient == second.email)
    for other in (people.member, people.adviser, people.owner):
        answer = signed_in(people.app, other).post(link)
        assert (answer.status_code, "sendt til Sara Sameier" in answer.text) == (403, True)
    assert state(brief) == BriefState.DRAFT
    people.app.test_client().post(link)
    assert session.query(Confirmation).one().confirmed_by_id == second.user_id


def test_link_of_a_former_owner_does_nothing(people: MandatePeople, asked: Brief) -> None:
    with transaction():
        session.execute(delete(Membership).where(Membership.user_id == people.owner.user_id))
    (link,) = links()
    visitor: Any = people.app.test_client()
    assert "Lenken hører til en person som ikke lenger kan bekrefte" in visitor.get(link).text
    visitor.post(link)
    assert state(asked) == BriefState.DRAFT


def test_unknown_link_answers_404(people: MandatePeople) -> None:
    visitor: Any = people.app.test_client()
    assert visitor.get("/confirmations/no-such-secret").status_code == 404


def test_adviser_cannot_use_the_link_while_writing(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    assert people.writing().post(link).status_code == 403
    assert state(asked) == BriefState.DRAFT


def test_changed_brief_is_not_published_and_must_be_asked_again(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    with transaction():
        brief = session.get_one(Brief, asked.id)
        brief.revision += 1
    visitor: Any = people.app.test_client()
    assert "Det er endret etter at dere ble spurt" in visitor.get(link).text
    assert "Det er endret etter at dere ble spurt" in visitor.post(link, follow_redirects=True).text
    assert state(asked) == BriefState.DRAFT
    assert session.query(Confirmation).one().outcome == Outcome.CHANGED
    people.writing().post(f"/mandate/publish/{asked.reference}")
    visitor.post(links()[-1])
    assert state(asked) == BriefState.PUBLISHED


def test_owner_declines_with_a_reason_that_the_adviser_reads(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    visitor: Any = people.app.test_client()
    answer = visitor.post(f"{link}/decline", data={"reason": "Vi venter til høsten."}, follow_redirects=True)
    assert "Eli Eier takket nei" in answer.text
    assert visitor.post(link).status_code == 409
    assert state(asked) == BriefState.DRAFT
    notice = session.scalars(select(Notice).where(Notice.kind == "confirmation_declined")).one()
    assert "Vi venter til høsten." in notice.body
    assert asked.company.name in notice.body
    assert "Vi venter til høsten." in people.writing().get(f"/mandate/publish/{asked.reference}").text


def test_link_expires_after_seven_days(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    visitor: Any = people.app.test_client()
    with time_machine.travel(clock.now() + dt.timedelta(days=8), tick=False):
        assert "Fristen for å svare er ute" in visitor.get(link).text
        assert visitor.post(link).status_code == 409
    assert state(asked) == BriefState.DRAFT


def test_withdrawn_mandate_makes_the_link_void(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    mandates.withdraw_mandate(people.owner, session.query(Confirmation).one().mandate_id)
    visitor: Any = people.app.test_client()
    assert "skriver ikke lenger for dere" in visitor.get(link).text
    assert visitor.post(link).status_code == 409
    assert state(asked) == BriefState.DRAFT


@pytest.mark.both_databases
def test_two_owners_at_once_publish_once(people: MandatePeople) -> None:
    second = factories.member(people.company, name="Sara Sameier")
    mandate = people.give()
    brief = draft(people.owner)
    confirmation = confirmations.ask_for_confirmation(people.acting(mandate), "publish", brief.reference)
    owners = [people.owner, second]
    results = run_concurrently(
        people.app, lambda index: confirmations.confirm_act(owners[index], confirmation.id).outcome, 2
    )
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert session.query(AuditEvent).filter_by(action="brief.publish").count() == 1


@pytest.mark.both_databases
def test_withdrawing_the_mandate_and_confirming_at_once_performs_only_one(people: MandatePeople) -> None:
    mandate = people.give()
    brief = draft(people.owner)
    confirmation = confirmations.ask_for_confirmation(people.acting(mandate), "publish", brief.reference)

    def act(index: int) -> object:
        if index:
            return mandates.withdraw_mandate(people.owner, mandate.id).id
        return confirmations.confirm_act(people.owner, confirmation.id).outcome

    run_concurrently(people.app, act, 2)
    outcome = session.get_one(Confirmation, confirmation.id).outcome
    assert outcome in {Outcome.CONFIRMED, Outcome.WITHDRAWN}
    assert (state(brief) == BriefState.PUBLISHED) is (outcome == Outcome.CONFIRMED)


def test_withdrawal_needs_a_reason_and_the_owner(people: MandatePeople) -> None:
    people.give()
    brief = published(people.owner)
    browser = people.writing()
    path = f"/mandate/withdraw/{brief.reference}"
    assert path in browser.get(f"/briefs/{brief.reference}").text
    assert browser.post(path, data={"text": "Nei"}).status_code == 422
    browser.post(path, data={"text": "Vi har fått hjelp av en nabo."})
    owner = signed_in(people.app, people.owner)
    for path in ("/home", "/organisation/mandates"):
        assert f"trekke briefen, «{brief.title}»" in owner.page(path).text
    own = f"/organisation/confirmations/{session.query(Confirmation).one().id}"
    assert "Vi har fått hjelp av en nabo." in owner.get(own).text
    assert signed_in(people.app, people.member).get(own).status_code == 403
    owner.post(own)
    assert state(brief) == BriefState.WITHDRAWN
    assert session.get_one(Brief, brief.id).closed_reason == "Vi har fått hjelp av en nabo."


def test_incomplete_draft_cannot_be_asked_for(people: MandatePeople) -> None:
    mandate = people.give()
    brief = briefs.create_draft(people.owner, own_words="Vi vil selge ost på nett.")
    with pytest.raises(RuleBroken):
        confirmations.ask_for_confirmation(people.acting(mandate), "publish", brief.reference)
    assert links() == []


def test_owners_are_not_asked_the_same_twice_within_a_day(people: MandatePeople, asked: Brief) -> None:
    browser = people.writing()
    assert browser.post(f"/mandate/publish/{asked.reference}").status_code == 422
    assert len(links()) == 1
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        viewer = people.acting(session.query(Confirmation).one().mandate)
        confirmations.ask_for_confirmation(viewer, "publish", asked.reference)
    first, second = links()
    visitor: Any = people.app.test_client()
    assert "spurt igjen i en nyere e-post" in visitor.get(first).text
    visitor.post(second)
    assert state(asked) == BriefState.PUBLISHED


def test_colleagues_and_strangers_cannot_ask(people: MandatePeople) -> None:
    people.give()
    brief = draft(people.owner)
    path = f"/mandate/publish/{brief.reference}"
    for viewer in (people.owner, people.member):
        assert signed_in(people.app, viewer).post(path).status_code == 404
    other = factories.member(factories.company("Fremmed AS", of=people.garden))
    session.commit()
    foreign = draft(other)
    assert people.writing().post(f"/mandate/publish/{foreign.reference}").status_code == 404
    with pytest.raises(NotFound):
        confirmations.ask_for_confirmation(people.owner, "publish", brief.reference)


def test_only_the_hash_of_a_link_is_stored(people: MandatePeople, asked: Brief) -> None:
    (link,) = links()
    token = link.rpartition("/")[2]
    assert token not in {row.token_hash for row in session.query(ConfirmationLink)}
    # A draft is stored with the path of its form.
    assert "data-draft" not in signed_in(people.app, people.owner).get(link).text
