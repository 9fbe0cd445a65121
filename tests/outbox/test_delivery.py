"""Delivery of e-mail: to files, over SMTP, and when the server or a message fails."""

import datetime as dt
import email
import email.policy
import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import create_engine, insert, select, update

from marketplace.config import Settings
from marketplace.core import clock, request_state
from marketplace.core.database import session, transaction
from marketplace.core.i18n import current_locale
from marketplace.core.request_state import Heartbeat
from marketplace.outbox import delivery, queries
from marketplace.outbox.delivery import RETRY_DELAYS_MINUTES, deliver_due
from marketplace.outbox.messages import Content, Message, Recipient
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.outbox.use_cases import send, send_mail
from tests import factories
from tests.support.browser import Browser
from tests.support.mail_sink import Sink, sink

__all__ = ["sink"]
HELLO = Message(
    "hello",
    lambda: Content(
        f"Hei på {current_locale()}: nettbutikk med henting på gården og på torget",
        ["Første avsnitt med æøå.", "<b>Andre</b>."],
        "/home",
        "Gå hjem",
    ),
)


def settings_of(app: Flask) -> Settings:
    settings: Settings = app.config["SETTINGS"]
    return settings


def queue(*recipients: Recipient) -> None:
    with transaction():
        send(HELLO, recipients)


def test_e_mail_is_written_to_files_without_a_server(app: Flask) -> None:
    person = factories.user(locale="nn")
    queue(Recipient(person.id, person.email, person.locale))
    assert deliver_due(settings_of(app)) == 1
    (file,) = Path(app.instance_path, "mail").glob("*.eml")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["Subject"] == "Hei på nn: nettbutikk med henting på gården og på torget"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Første avsnitt med æøå." in text
    assert "http://127.0.0.1:8000/home" in text
    assert "&lt;b&gt;Andre" in html
    assert deliver_due(settings_of(app)) == 0


def test_recipient_with_two_roles_gets_a_message_once(app: Flask) -> None:
    person = factories.user()
    queue(*[Recipient(person.id, person.email, person.locale)] * 2)
    assert (session.query(Notice).count(), session.query(OutboxMail).count()) == (1, 1)


def test_refused_address_does_not_delay_other_e_mail(app: Flask, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    smtp = replace(settings_of(app), mail_host="127.0.0.1", mail_port=port, mail_tls="none")
    first, second = factories.user(email="refused@x.example"), factories.user(email="taken@x.example")
    queue(*(Recipient(person.id, person.email, "nb") for person in (first, second)))
    assert deliver_due(smtp) == 1
    states = dict(session.query(OutboxMail.recipient, OutboxMail.state).all())
    assert states == {"refused@x.example": "waiting", "taken@x.example": "sent"}
    message_id = session.query(OutboxMail.message_id).filter_by(recipient="taken@x.example").scalar()
    assert [email.message_from_bytes(mail)["Message-ID"] for mail in handler.messages] == [message_id]


def test_unreachable_server_is_retried_then_mail_fails(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    unreachable = replace(settings_of(app), mail_host="127.0.0.1", mail_port=1, mail_tls="none")
    person = factories.user()
    start = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        queue(Recipient(person.id, person.email, "nb"))
        for minutes in RETRY_DELAYS_MINUTES:
            assert deliver_due(unreachable) == 0
            assert session.query(OutboxMail).one().state == "waiting"
            clock.shift(dt.timedelta(minutes=minutes))
        assert deliver_due(unreachable) == 0
    mail = session.query(OutboxMail).one()
    assert mail.state == "failed"
    assert "ConnectionRefusedError" in mail.last_error
    assert "The mail server 127.0.0.1:1 cannot be used: [Errno 111]" in caplog.text


def test_e_mail_whose_time_has_passed_is_dropped(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    person = factories.user()
    expires_at = clock.now() + dt.timedelta(hours=1)
    reminder = Message(
        "hello", lambda: Content("Kurs i dag", ["Vel møtt."], "/course", expires_at=expires_at)
    )
    with transaction():
        send(reminder, [Recipient(person.id, person.email, "nb")])
    with time_machine.travel(expires_at, tick=False):
        assert deliver_due(settings_of(app)) == 0
    mail = session.query(OutboxMail).one()
    assert (mail.state, mail.sealed_link, session.query(Notice).count()) == ("expired", "", 1)
    assert "was not sent before it expired" in caplog.text


def test_mailing_sends_at_most_100_an_hour_after_an_outage(app: Flask) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False), transaction():
        for number in range(150):
            send_mail(HELLO, f"person{number}@x.example", "nb", mailing="project:1")
        send_mail(HELLO, "other@x.example", "nb")
    sent = []
    for minutes in (0, 30, 61):
        with time_machine.travel(start + dt.timedelta(minutes=minutes), tick=False):
            sent.append(deliver_due(settings_of(app)))
    assert sent == [101, 0, 50]


def test_mailing_on_schedule_is_not_over_its_limit_because_of_a_delay(app: Flask) -> None:
    start = clock.now()
    with time_machine.travel(start, tick=False), transaction():
        for number in range(101):
            at = start + dt.timedelta(hours=1) / 100 * number
            send_mail(HELLO, f"person{number}@x.example", "nb", mailing="project:1", at=at)
    with time_machine.travel(start + dt.timedelta(seconds=2), tick=False):
        deliver_due(settings_of(app))
    for minutes in range(1, 61):
        with time_machine.travel(start + dt.timedelta(minutes=minutes), tick=False):
            deliver_due(settings_of(app))
    assert session.query(OutboxMail).filter_by(state="waiting").count() == 0


def test_no_transaction_is_open_while_sending(app: Flask, sink: tuple[Sink, int]) -> None:
    handler, port = sink
    settings = settings_of(app)
    engine = create_engine(settings.database_url)

    def write() -> None:
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout = 100")
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.execute(insert(Heartbeat).values(name="somebody", at=clock.now()))

    handler.callbacks = [write]
    person = factories.user()
    queue(Recipient(person.id, person.email, "nb"))
    smtp = replace(settings, mail_host="127.0.0.1", mail_port=port, mail_tls="none")
    assert deliver_due(smtp) == 1
    assert request_state.last_heartbeat("somebody") is not None
    engine.dispose()


@pytest.fixture
def unresponsive_server() -> Iterator[socket.socket]:
    """A server that accepts connections and never responds."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)
        yield listening


def count_connections(server: socket.socket) -> int:
    """Return the number of new connections to the silent server."""
    for count in range(100):
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError("a hundred connections")


def test_unresponsive_server_ends_the_batch(
    app: Flask, unresponsive_server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "SMTP_TIMEOUT_SECONDS", 0.3)
    port = unresponsive_server.getsockname()[1]
    settings = replace(settings_of(app), mail_host="127.0.0.1", mail_port=port, mail_tls="none")
    people = [factories.user() for _number in range(4)]
    queue(*(Recipient(person.id, person.email, "nb") for person in people))
    assert deliver_due(settings) == 0
    assert count_connections(unresponsive_server) == 1, "one timeout, not one for each message"
    assert sorted(session.scalars(select(OutboxMail.attempts))) == [0, 0, 0, 1]
    assert deliver_due(settings_of(app)) == 3, "the server is available again"


def test_malformed_mail_does_not_delay_other_e_mail(app: Flask) -> None:
    first, second = factories.user(), factories.user()
    queue(*(Recipient(person.id, person.email, "nb") for person in (first, second)))
    with transaction():
        session.execute(
            update(OutboxMail).where(OutboxMail.recipient == first.email).values(subject="two\nlines")
        )
    assert deliver_due(settings_of(app)) == 1
    broken = session.scalars(select(OutboxMail).where(OutboxMail.state == "waiting")).one()
    assert (broken.recipient, broken.attempts) == (first.email, 1)
    assert broken.last_error.startswith("ValueError")


def test_mail_is_retried_after_the_worker_is_killed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCut(BaseException):
        """An exception that the code under test does not catch."""

    def end(_transport: object, _message: object) -> None:
        raise PowerCut

    start = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        person = factories.user()
        queue(Recipient(person.id, person.email, "nb"))
        with monkeypatch.context() as patch, pytest.raises(PowerCut):
            patch.setattr(delivery.MailTransport, "send", end)
            deliver_due(settings_of(app))
        session.rollback()
        assert deliver_due(settings_of(app)) == 0, "it may still be in delivery"
        clock.shift(dt.timedelta(minutes=RETRY_DELAYS_MINUTES[0]))
        assert deliver_due(settings_of(app)) == 1
    assert session.query(OutboxMail).one().state == "sent"


def test_batch_ends_at_its_time_limit(app: Flask) -> None:
    people = [factories.user() for _number in range(3)]
    queue(*(Recipient(person.id, person.email, "nb") for person in people))
    assert deliver_due(settings_of(app), seconds=-1) == 0
    assert deliver_due(settings_of(app)) == 3


THROTTLED = Message("asked", lambda: Content("Noen spør", ["Et spørsmål."]), throttled=True)


def send_throttled(recipient: Recipient, message: Message = THROTTLED) -> None:
    with transaction():
        send(message, [recipient])


def test_throttled_notices_become_three_mails_and_a_digest(app: Flask) -> None:
    person, other = factories.user(locale="nn"), factories.user()
    recipient, other_recipient = (
        Recipient(person.id, person.email, "nn"),
        Recipient(other.id, other.email, "nb"),
    )
    sent: list[tuple[dt.datetime, str]] = []
    start = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        for minute in range(0, 24 * 60, 10):
            send_throttled(recipient)
            deliver_due(settings_of(app))
            known = {at for at, _subject in sent}
            rows = session.execute(
                select(OutboxMail.sent_at, OutboxMail.subject, OutboxMail.id).where(
                    OutboxMail.recipient == person.email, OutboxMail.sent_at.is_not(None)
                )
            )
            sent = [(row.sent_at, row.subject) for row in rows]
            assert len(known) <= len(sent)
            if minute == 60:
                send_throttled(other_recipient)
            clock.shift(dt.timedelta(minutes=10))
    times = sorted(at for at, _subject in sent)
    for at in times:
        assert sum(at <= other < at + dt.timedelta(hours=6) for other in times) <= 3, times
    assert len(times) >= 8, "notices all day lead to e-mail all day"
    assert {subject for _at, subject in sent} == {"Noen spør", "Fleire meldingar ventar på deg"}
    assert session.query(Notice).filter_by(user_id=person.id).count() == 144, "no notice is lost"
    assert session.query(OutboxMail).filter_by(recipient=other.email).count() == 1


def test_unthrottled_notices_are_always_mailed(app: Flask) -> None:
    person = factories.user()
    recipient = Recipient(person.id, person.email, "nb")
    for _time in range(5):
        send_throttled(recipient)
    send_throttled(recipient, HELLO)
    deliver_due(settings_of(app))
    subjects = session.scalars(select(OutboxMail.subject).where(OutboxMail.state == "sent")).all()
    assert [subject[:9] for subject in sorted(subjects)] == ["Hei på nb", *["Noen spør"] * 3]


def test_rolled_back_change_sends_nothing(app: Flask) -> None:
    person = factories.user()
    session.commit()
    with pytest.raises(ZeroDivisionError), transaction():
        send(HELLO, [Recipient(person.id, person.email, "nb")])
        raise ZeroDivisionError
    assert session.query(Notice).count() == 0
    assert session.query(OutboxMail).count() == 0


def test_notices_are_listed_and_marked_as_read(client: Browser) -> None:
    person, other = factories.user(), factories.user()
    queue(Recipient(person.id, person.email, "nb"))
    client.sign_in(person.id)
    assert "Hei på nb" in client.page("/messages").text
    client.post("/messages/read")
    assert session.scalars(select(Notice.read_at)).one() is not None
    assert queries.latest_notices(factories.viewer_for(other, None)) == []
