"""Reminders to several companies: recipients, undo within five minutes, and no repetition within 14 days."""

import datetime as dt

import pytest
import time_machine

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.casework.hooks import states_of_companies
from marketplace.casework.models import CompanyReminder
from marketplace.casework.queries.company_reminders import SkipReason, find_recipients
from marketplace.casework.use_cases.company_reminders import (
    queue_reminders,
    send_due_reminders,
    undo_reminders,
)
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.organisations.models import CompanyFollower, Membership
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.outbox.topics import Delivery, Topic
from marketplace.strategy.models.plan import Strategy
from tests import factories
from tests.casework.conftest import CaseworkPeople
from tests.support.browser import signed_in
from tests.support.concurrency import run_concurrently

KIND = "no_strategy"


def queue(people, viewer=None, own_line=""):
    return queue_reminders(viewer or people.adviser, KIND, [people.company.id], own_line)


def recipients(people, kind=KIND):
    return find_recipients(people.adviser, kind, [people.company.id], states_of_companies(people.adviser))


def send_later(minutes=6):
    with time_machine.travel(clock.now() + dt.timedelta(minutes=minutes), tick=False):
        return send_due_reminders()


def test_reminder_is_sent_once_when_it_can_no_longer_be_undone(people: CaseworkPeople) -> None:
    user = session.get_one(User, people.owner.user_id)
    user.locale = "nn"
    session.commit()
    queue(people, own_line="Ring meg gjerne.")
    assert send_due_reminders() == 0
    assert (send_later(), send_later()) == (1, 0)
    [mail] = session.query(OutboxMail).filter(OutboxMail.user_id == people.owner.user_id)
    assert (mail.subject, mail.link_path) == ("Byrj på den digitale strategien", "/plan")
    assert "Ragna Rådgiver skriv: «Ring meg gjerne.»" in mail.body
    actions = [one.action for one in session.query(AuditEvent).filter(AuditEvent.action.like("company_rem%"))]
    assert actions == ["company_reminder.queue", "company_reminder.send"]


def test_stopped_reminder_is_never_sent_and_can_be_queued_again(people: CaseworkPeople) -> None:
    queue(people)
    with pytest.raises(Conflict):
        undo_reminders(people.colleague)
    assert undo_reminders(people.adviser) == 1
    assert send_later() == 0
    queue(people)
    assert send_later() == 1
    with pytest.raises(Conflict):
        undo_reminders(people.adviser)


def test_same_reminder_waits_14_days_for_all_gardens(people: CaseworkPeople) -> None:
    queue(people)
    for viewer in (people.colleague, people.other):
        with pytest.raises(RuleBroken):
            queue(people, viewer)
    assert queue_reminders(people.adviser, "no_brief", [people.company.id], "")[0] == 1
    with time_machine.travel(clock.now() + dt.timedelta(days=15), tick=False):
        assert queue(people, people.colleague)[0] == 1


@pytest.mark.both_databases
def test_two_advisers_at_once_queue_one_reminder(people: CaseworkPeople) -> None:
    viewers = [people.adviser, people.colleague, people.other]
    results = run_concurrently(people.app, lambda index: queue(people, viewers[index % 3]), 6)
    assert sum(isinstance(one, RuleBroken) for one in results) == 5
    assert session.query(CompanyReminder).count() == 1


@pytest.mark.both_databases
def test_two_workers_at_once_send_one_mail(people: CaseworkPeople) -> None:
    queue(people)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=6), tick=False):
        results = run_concurrently(people.app, lambda _index: str(send_due_reminders()), 4)
    assert sorted(results) == ["0", "0", "0", "1"]
    assert session.query(Notice).filter(Notice.kind == "company_reminder").count() == 1


def test_company_that_is_no_longer_followed_or_has_begun_gets_no_mail(people: CaseworkPeople) -> None:
    begun = factories.company("Ålen snekkeri", of=people.garden)
    owner = factories.member(begun)
    queue_reminders(people.adviser, KIND, [people.company.id, begun.id], "")
    session.add(Strategy(company_id=begun.id, started_at=clock.now(), updated_by_id=owner.user_id))
    followers = session.query(CompanyFollower).filter(CompanyFollower.company_id == people.company.id)
    followers.filter(CompanyFollower.garden_id == people.garden.id).update({"until": clock.now()})
    session.commit()
    assert send_later() == 0
    assert all(one.cancelled_at for one in session.query(CompanyReminder))


def test_reminder_of_an_adviser_who_left_the_garden_is_not_sent(people: CaseworkPeople) -> None:
    queue(people)
    session.delete(session.get_one(Membership, people.adviser.membership_id))
    session.commit()
    assert send_later() == 0
    assert session.query(CompanyReminder).one().cancelled_at
    assert session.query(OutboxMail).filter(OutboxMail.user_id == people.owner.user_id).count() == 0


def test_companies_without_people_or_need_are_named(people: CaseworkPeople) -> None:
    alone = factories.company("Ålen snekkeri", of=people.garden)
    states = states_of_companies(people.adviser)
    found = find_recipients(people.adviser, KIND, [alone.id, people.company.id, 999], states)
    assert [one.name for one in found.skipped[SkipReason.NO_EMAIL]] == [alone.name]
    assert ([one.id for one in found.companies], found.not_followed) == ([people.company.id], 1)
    accounts.change_message_settings(people.owner, {Topic.REMINDERS: Delivery.OFF})
    assert [one.id for one in recipients(people).site_only] == [people.company.id]
    assert [one.id for one in recipients(people, "result_due").skipped[SkipReason.NOT_NEEDED]] == [
        people.company.id
    ]


def test_company_of_another_garden_is_not_reminded(people: CaseworkPeople) -> None:
    stranger = factories.member(factories.garden("Fremmed", covered_municipalities=["5001"]), "adviser")
    with pytest.raises(RuleBroken):
        queue(people, stranger)
    with pytest.raises(NotFound):
        queue(people, people.owner)
    assert session.query(CompanyReminder).count() == 0


def test_pages_choose_preview_send_and_undo(people: CaseworkPeople) -> None:
    session.commit()
    browser = signed_in(people.app, people.adviser)
    assert "/companies/next/reminder?all=1" in browser.get("/companies/next").text
    page = "/companies/next/reminder"
    assert "Du har ikke valgt noen bedrift" in browser.get(page).text
    assert "Du har ikke valgt noen bedrift" in browser.get(f"{page}?id=abc").text
    assert people.company.name in browser.get(f"{page}?all=1").text
    form = {"chosen": str(people.company.id), "kind": KIND, "own_line": "Ring meg.", "act": "preview"}
    preview = browser.post(page, data=form).text
    assert "Ragna Rådgiver skriver: «Ring meg.»" in preview
    assert session.query(CompanyReminder).count() == 0
    sent = browser.post(page, data=form | {"act": "send"}, follow_redirects=True).text
    assert "Påminnelse venter på å bli sendt" in sent
    again = browser.post(page, data=form | {"act": "send"})
    assert again.status_code == 422
    assert people.company.name in again.text
    assert browser.post(page, data=form | {"kind": "unknown"}).status_code == 422
    assert "1 påminnelse er stoppet" in browser.post(f"{page}/undo", follow_redirects=True).text
