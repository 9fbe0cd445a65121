"""Calendar invitations by e-mail, read back from a mail server, and calendar feeds."""

import datetime as dt
import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar, Event

from marketplace.core.database import session, transaction
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import BusinessGarden, Membership
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.programme.models.calendar import CalendarFeed
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.projects import Cohort
from marketplace.programme.models.sessions import AttendanceMark, CourseSession
from marketplace.programme.use_cases import calendar, cohorts, seat_link, sessions
from marketplace.programme.use_cases.sessions import CourseDates, SessionDetails
from marketplace.programme.use_cases.sign_up import Contact
from tests import factories
from tests.factories import programme
from tests.support.browser import Browser
from tests.support.concurrency import run_concurrently
from tests.support.mail_sink import Sink, sink
from tests.support.sql_capture import captured_sql

__all__ = ["sink"]
NOW = dt.datetime(2027, 1, 4, 8, tzinfo=dt.UTC)
OSLO = ZoneInfo("Europe/Oslo")
DETAILS = SessionDetails(
    "", dt.date(2027, 3, 9), dt.time(13), dt.time(16), "Meieriet; 2. etasje, sør", "", "5021", "Liv Aas", ""
)


@pytest.fixture(autouse=True)
def clock_at_new_year() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def garden(app: Flask) -> BusinessGarden:
    return factories.garden(email="post@fjellfoten.example")


@pytest.fixture
def cohort(garden: BusinessGarden) -> Cohort:
    return programme.cohort(programme.place(programme.project(garden)), "Oppdal vår", seats=5)


@pytest.fixture
def company(cohort: Cohort) -> Participation:
    return programme.participation(cohort, contact_email="kari@ysteri.example", contact_name='Kari "K" Å')


class Mail:
    """E-mail received by the mail server: parts of one message."""

    def __init__(self, raw: bytes) -> None:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.message = message
        self.to, self.subject = str(message["To"]), str(message["Subject"])
        self.parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
        plain = message.get_body(("plain",))
        self.text = str(plain.get_content()) if plain is not None else ""

    @property
    def calendar(self) -> Calendar:
        (part,) = self.parts
        content = part.get_content()
        parsed = Calendar.from_ical(content)
        assert part["Content-Type"].params["method"] == parsed["METHOD"]
        return parsed  # type: ignore[return-value]  # because the file contains a calendar

    @property
    def event(self) -> Event:
        (event,) = self.calendar.walk("VEVENT")
        return event  # type: ignore[return-value]  # because walk filters by type

    @property
    def uid(self) -> str:
        return str(self.event["UID"])


def states(mails: list[Mail]) -> dict[str, tuple[str, int]]:
    """Return method and sequence of the events in e-mails by their UID."""
    for mail in mails:
        is_cancelled = mail.calendar["METHOD"] == "CANCEL"
        assert mail.event["STATUS"] == ("CANCELLED" if is_cancelled else "CONFIRMED")
        assert mail.event["ATTENDEE"] == f"mailto:{mail.to}"
    return {mail.uid: (str(mail.calendar["METHOD"]), int(mail.event["SEQUENCE"])) for mail in mails}


def scheduling(mails: list[Mail], to: str | None = None) -> list[Mail]:
    """Return the e-mails with an event, optionally those to one address."""
    return [mail for mail in mails if mail.parts and to in {None, mail.to}]


def received(app: Flask, server: tuple[Sink, int]) -> list[Mail]:
    """Send the queued e-mail, and return the messages that arrive."""
    handler, port = server
    smtp = replace(app.config["SETTINGS"], mail_host="127.0.0.1", mail_port=port, mail_tls="none")
    session.commit()
    while deliver_due(smtp):
        pass
    mails = [Mail(raw) for raw in handler.messages]
    handler.messages.clear()
    return mails


def plan(adviser: Viewer, cohort: Cohort) -> list[CourseSession]:
    return sessions.plan_course(adviser, cohort.project.slug, cohort.id, CourseDates(3, DETAILS))


def test_new_sessions_reach_a_company_with_a_seat_as_requests(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    programme.participation(cohort, state="waiting", contact_email="waiting@x.example")
    programme.participation(cohort, confirmed_at=None, contact_email="unconfirmed@x.example")
    programme.participation(cohort, contact_email="")
    rows = plan(adviser, cohort)
    mails = received(app, sink)
    assert {mail.to for mail in mails} == {"kari@ysteri.example"}
    assert states(mails) == {row.uid: ("REQUEST", 0) for row in rows}
    first, second = mails[:2]
    assert first.subject == "Til kalenderen: Strategi og mål, 9.\xa0mars 2027"
    assert first.message.get_content_type() == "multipart/alternative"
    assert [zone["TZID"] for zone in first.calendar.walk("VTIMEZONE")] == ["Europe/Oslo"]
    assert first.event["DTSTART"].params["TZID"] == "Europe/Oslo"
    assert first.event["DTSTART"].dt == dt.datetime(2027, 3, 9, 13, tzinfo=OSLO)
    assert second.event["DTSTART"].dt.astimezone(dt.UTC).hour == 11
    assert first.event["LOCATION"] == "Meieriet; 2. etasje, sør, Oppdal"
    assert first.event["DTSTAMP"].dt == NOW
    assert first.event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    organizer = first.event["ORGANIZER"]
    assert organizer == "mailto:post@fjellfoten.example"
    assert organizer.params["SENT-BY"] == f"mailto:{app.config['SETTINGS'].mail_from}"
    assert f"/courses/seat/{company.token}" in first.text
    assert "tirsdag 9. mars 2027 kl. 13.00–16.00" in first.text
    assert f"Strategi og mål ({cohort.project.name})" in first.text


def test_organizer_is_the_sender_without_an_address_of_the_garden(
    app: Flask, sink: Any, adviser: Viewer, garden: BusinessGarden, cohort: Cohort, company: Participation
) -> None:
    garden.email = ""
    plan(adviser, cohort)
    sender = app.config["SETTINGS"].mail_from
    organizers = [mail.event["ORGANIZER"] for mail in received(app, sink)]
    assert {(str(one), "SENT-BY" in one.params) for one in organizers} == {(f"mailto:{sender}", False)}


def test_moved_session_updates_the_same_event(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    row = plan(adviser, cohort)[0]
    received(app, sink)
    slug = cohort.project.slug
    sessions.save_session(adviser, slug, row.id, replace(DETAILS, lecturer="Per Moe"))
    assert received(app, sink) == []
    sessions.save_session(adviser, slug, row.id, replace(DETAILS, day=dt.date(2027, 3, 10)))
    (mail,) = received(app, sink)
    assert (mail.calendar["METHOD"], mail.event["UID"], mail.event["SEQUENCE"]) == ("REQUEST", row.uid, 1)
    assert mail.event["DTSTART"].dt == dt.datetime(2027, 3, 10, 13, tzinfo=OSLO)
    assert "Flyttet" in mail.subject
    assert "Før: tirsdag 9. mars 2027 kl. 13.00–16.00, " in mail.text
    assert "Nå: onsdag 10. mars 2027 kl. 13.00–16.00, " in mail.text


def test_cancelled_and_restored_session_is_removed_and_added_again(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    row = plan(adviser, cohort)[0]
    received(app, sink)
    sessions.cancel_session(adviser, cohort.project.slug, row.id, "Snøstorm over fjellet")
    (cancelled,) = received(app, sink)
    assert cancelled.calendar["METHOD"] == "CANCEL"
    event = cancelled.event
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (row.uid, 1, "CANCELLED")
    assert "Snøstorm over fjellet" in str(cancelled.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]  # because every e-mail has a text
    sessions.restore_session(adviser, cohort.project.slug, row.id)
    (restored,) = received(app, sink)
    assert (restored.calendar["METHOD"], restored.event["SEQUENCE"]) == ("REQUEST", 2)


def test_confirmed_seat_gets_the_coming_sessions_and_withdrawal_removes_them(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort
) -> None:
    rows = plan(adviser, cohort)
    sessions.cancel_session(adviser, cohort.project.slug, rows[5].id, "Ferie")
    rows[0].starts_at, rows[0].ends_at = NOW - dt.timedelta(hours=4), NOW - dt.timedelta(hours=1)
    company = programme.participation(cohort, confirmed_at=None, contact_email="ny@ysteri.example")
    seat_link.confirm_seat(company.token)
    welcome, *invited = [mail for mail in received(app, sink) if mail.to == "ny@ysteri.example"]
    assert ("har fått plass" in welcome.subject, welcome.parts) == (True, [])
    assert "• Bli funnet: nettsted, søk og kart: tirsdag 30. mars 2027 kl. 13.00–16.00" in welcome.text
    assert states(invited) == {row.uid: ("REQUEST", 0) for row in rows[1:5]}
    seat_link.withdraw(company.token, "time", "")
    goodbye, *removed = [mail for mail in received(app, sink) if mail.to == "ny@ysteri.example"]
    assert ("har meldt seg av" in goodbye.subject, goodbye.parts) == (True, [])
    assert states(removed) == {row.uid: ("CANCEL", 1) for row in rows[1:5]}


def test_company_that_comes_back_gets_events_that_replace_the_cancelled_ones(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    cohort.project.is_sign_up_open = True
    rows = plan(adviser, cohort)
    received(app, sink)
    uids = {row.uid for row in rows}
    for first in (1, 3):
        seat_link.withdraw(company.token, "time", "")
        assert states(scheduling(received(app, sink))) == dict.fromkeys(uids, ("CANCEL", first))
        assert seat_link.sign_up_again(company.token, cohort.id)
        assert states(scheduling(received(app, sink))) == dict.fromkeys(uids, ("REQUEST", first + 1))
    sessions.save_session(adviser, cohort.project.slug, rows[0].id, replace(DETAILS, venue="Rådhuset"))
    assert states(received(app, sink)) == {rows[0].uid: ("REQUEST", 5)}


def test_cancelled_cohort_removes_its_sessions_from_calendars(
    app: Flask, sink: Any, adviser: Viewer, garden: BusinessGarden, cohort: Cohort, company: Participation
) -> None:
    leader = factories.member(garden, "curator")
    registered = factories.company(of=garden)
    factories.member(registered, "member", email="ola@ysteri.example")
    company.company_id = registered.id
    programme.cohort(programme.place(cohort.project, "Røros"), "Røros vår")
    rows = plan(adviser, cohort)
    received(app, sink)
    cohorts.cancel_cohort(leader, cohort.project.slug, cohort.id)
    mails = received(app, sink)
    assert {mail.to for mail in mails if "er avlyst" in mail.subject} == {
        "kari@ysteri.example",
        "ola@ysteri.example",
    }
    assert "er avlyst" in next(mail for mail in mails if mail.to == "kari@ysteri.example").subject
    with_link = {mail.to for mail in mails if "Med lenken kan dere melde dere av" in mail.text}
    assert with_link == {"kari@ysteri.example"}, "the other members have no link to the seat"
    assert states(scheduling(mails)) == {row.uid: ("CANCEL", 1) for row in rows}
    assert {mail.to for mail in scheduling(mails)} == {"kari@ysteri.example"}


def test_company_that_changes_cohort_gets_the_other_dates(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    other = programme.cohort(programme.place(cohort.project, "Røros"), "Røros vår")
    cohort.project.is_sign_up_open = True
    former, added = plan(adviser, cohort), plan(adviser, other)
    received(app, sink)
    seat_link.change_cohort(company.token, other.id)
    assert states(scheduling(received(app, sink), company.contact_email)) == {
        **{row.uid: ("CANCEL", 1) for row in former},
        **{row.uid: ("REQUEST", 2) for row in added},
    }


def test_catch_up_invites_only_companies_that_missed_the_session(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    missed = programme.participation(cohort, contact_email="borte@x.example")
    row = plan(adviser, cohort)[0]
    received(app, sink)
    for participation, mark, hour in (
        (missed, "here", 12),
        (missed, "away", 13),
        (company, "away", 12),
        (company, "late", 13),
    ):
        session.add(
            AttendanceMark(
                session_id=row.id,
                participation_id=participation.id,
                mark=mark,
                marked_at=dt.datetime(2027, 3, 9, hour, tzinfo=dt.UTC),
                client_key=f"{participation.id} {hour}",
                source="list",
            )
        )
    sessions.add_catch_up(adviser, cohort.project.slug, row.id, replace(DETAILS, day=dt.date(2027, 3, 20)))
    assert [mail.to for mail in received(app, sink)] == ["borte@x.example"]


def test_other_members_of_a_company_are_told_about_a_moved_session(
    app: Flask, sink: Any, adviser: Viewer, garden: BusinessGarden, cohort: Cohort, company: Participation
) -> None:
    registered = factories.company(of=garden)
    colleague = factories.member(registered, "member", email="ola@ysteri.example")
    factories.member(registered, "owner", email="kari@ysteri.example")
    company.company_id = registered.id
    row = plan(adviser, cohort)[0]
    received(app, sink)
    sessions.save_session(adviser, cohort.project.slug, row.id, replace(DETAILS, venue="Rådhuset"))
    assert sorted((mail.to, len(mail.parts)) for mail in received(app, sink)) == [
        ("kari@ysteri.example", 1),
        ("ola@ysteri.example", 0),
    ]
    assert [(notice.user_id, notice.link_path) for notice in session.query(Notice)] == [
        (colleague.user_id, "/course")
    ]


def test_mail_is_not_sent_for_a_change_that_is_rolled_back(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    rows = plan(adviser, cohort)
    received(app, sink)
    with pytest.raises(ZeroDivisionError), transaction():
        calendar.announce_new(rows)
        raise ZeroDivisionError
    assert received(app, sink) == []


def test_feed_of_a_company_follows_its_seat(
    app: Flask, client: Browser, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    rows = plan(adviser, cohort)
    sessions.cancel_session(adviser, cohort.project.slug, rows[1].id, "Snø")
    path = f"/calendar/{company.calendar_token}.ics"
    answer = client.get(path)
    parsed = Calendar.from_ical(answer.data)
    events = {str(event["UID"]): event for event in parsed.walk("VEVENT")}
    assert (answer.mimetype, parsed["METHOD"]) == ("text/calendar", "PUBLISH")
    assert set(events) == {row.uid for row in rows}
    assert events[rows[1].uid]["STATUS"] == "CANCELLED"
    assert "ATTENDEE" not in events[rows[0].uid]
    assert "Kari" not in answer.text
    company.state = "withdrawn"
    assert Calendar.from_ical(client.get(path).data).walk("VEVENT") == []
    assert client.get("/calendar/no-such-token.ics").status_code == 404
    assert client.get(f"/calendar/{company.token}.ics").status_code == 404


def test_unchanged_feed_answers_304_without_a_file(
    app: Flask, client: Browser, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    row = plan(adviser, cohort)[0]
    path = f"/calendar/{company.calendar_token}.ics"
    first = client.get(path)
    assert first.headers["Cache-Control"] == "private, max-age=900"
    headers = {"If-None-Match": first.headers["ETag"]}
    with captured_sql() as seen:
        again = client.get(path, headers=headers)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert len([text for text in seen if text.startswith("SELECT")]) <= 3
    sessions.save_session(adviser, cohort.project.slug, row.id, replace(DETAILS, venue="Rådhuset"))
    changed = client.get(path, headers=headers)
    assert (changed.status_code, "Rådhuset" in changed.text) == (200, True)


def test_adviser_feed_shows_own_places_until_it_is_revoked(
    app: Flask, client: Browser, adviser: Viewer, garden: BusinessGarden, cohort: Cohort
) -> None:
    partner = factories.garden("Hitra næringshage", covered_municipalities=["5056"])
    theirs = programme.cohort(programme.place(cohort.project, "Hitra", garden_id=partner.id), "Hitra")
    partner_adviser = factories.member(partner, "adviser")
    own, other = plan(adviser, cohort), plan(partner_adviser, theirs)
    addresses = {}
    for viewer in (adviser, partner_adviser):
        browser = app.test_client().sign_in(viewer.user_id or 0)
        assert "Lag adressen" in browser.page("/programme/calendar").text
        assert browser.post("/programme/calendar").status_code == 303
        address = browser.page("/programme/calendar").one("input", id="address").get("value", "")
        addresses[viewer.user_id] = address.removeprefix("http://127.0.0.1:8000")

    def uids(viewer: Viewer) -> set[str]:
        answer = client.get(addresses[viewer.user_id])
        return {str(event["UID"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")}

    assert uids(adviser) == {row.uid for row in (*own, *other)}
    assert uids(partner_adviser) == {row.uid for row in other}
    session.query(Membership).filter_by(user_id=partner_adviser.user_id).delete()
    assert client.get(addresses[partner_adviser.user_id]).status_code == 404
    calendar.create_feed(adviser, str(app.secret_key))
    assert client.get(addresses[adviser.user_id]).status_code == 404
    calendar.revoke_feed(adviser)
    assert session.query(CalendarFeed).filter_by(user_id=adviser.user_id).count() == 0


@pytest.mark.both_databases
def test_companies_that_confirm_while_a_session_is_moved_end_with_its_new_time(
    app: Flask, adviser: Viewer, cohort: Cohort
) -> None:
    row = plan(adviser, cohort)[0]
    cohort.seats = 20
    companies = [
        programme.participation(cohort, confirmed_at=None, contact_email=f"nr{number}@x.example")
        for number in range(4)
    ]
    tokens, slug, row_id = [company.token for company in companies], cohort.project.slug, row.id

    def act(index: int) -> object:
        if index == 2:
            return sessions.save_session(adviser, slug, row_id, replace(DETAILS, starts=dt.time(12)))
        return seat_link.confirm_seat(tokens[index - (index > 2)])

    assert not [result for result in run_concurrently(app, act, 5) if isinstance(result, Exception)]
    newest = {}
    for mail in session.query(OutboxMail).filter(OutboxMail.calendar != "").order_by(OutboxMail.id):
        for event in Calendar.from_ical(mail.calendar).walk("VEVENT"):
            if event["UID"] == row.uid:
                newest[mail.recipient] = int(event["SEQUENCE"])
    assert newest == {company.contact_email: 1 for company in companies}


def test_new_contact_person_gets_the_dates_and_the_former_one_loses_them(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort, company: Participation
) -> None:
    plan(adviser, cohort)
    received(app, sink)
    seat_link.change_contact(company.token, Contact("Ola", "ola@ysteri.example"))
    mails = received(app, sink)
    former, new = (scheduling(mails, f"{name}@ysteri.example") for name in ("kari", "ola"))
    assert [{method for method, _ in states(some).values()} for some in (former, new)] == [
        {"CANCEL"},
        {"REQUEST"},
    ]
    assert (len(states(former)), len(states(new)), len(mails)) == (6, 6, 14)
    for mail in mails:
        assert company.token not in mail.text or mail.to == "ola@ysteri.example"


def test_new_contact_person_on_the_waiting_list_gets_a_link_and_no_dates(
    app: Flask, sink: Any, adviser: Viewer, cohort: Cohort
) -> None:
    plan(adviser, cohort)
    waiting = programme.participation(cohort, state="waiting", waiting_since=NOW)
    seat_link.change_contact(waiting.token, Contact("Ola", "ola@ysteri.example"))
    (mail,) = received(app, sink)
    assert (mail.to, mail.parts) == ("ola@ysteri.example", [])
    assert "har fått plass" not in mail.subject
