"""Choice of how messages are e-mailed, digests, and unsubscribing with one click."""

import datetime as dt
import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import use_cases
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.viewer import Viewer
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.messages import Content, Message, Recipient
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.outbox.topics import Delivery, Topic
from marketplace.outbox.use_cases import send
from tests import factories
from tests.factories import suppliers
from tests.support.browser import Browser

MONDAY = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
NECESSARY = """
contact_added
brief_amended brief_extended brief_published brief_waits brief_withdrawn
cohort_cancelled cohort_cancelled_for_member session_cancelled session_cancelled_for_member session_invited session_removed session_moved session_moved_for_member contact_removed feedback_asked
account_locked already_signed_up followed_by_course course_invitation seat_link seat_lost seat_offered seat_taken seat_unconfirmed seat_withdrawn waiting_place_lost waiting_unconfirmed
account_created account_unused address_asked address_changed all_approved already_registered amended appeal_decided
approved_and_opened brief_lapsed choice_reopened choice_taken_back colleague_invited colleague_joined
confirm_registration decided decision_reminder emergency_access_granted extended first_publication_returned job_ended open_again paused paused_for_suppliers stopped
new_address nobody_chosen offer_chosen offer_not_chosen offer_read_by_admin offer_ruled_out offers_opened
outside_confirmation outside_invited outside_late own_brief_lapsed password_changed published renewal_due
reset_password review_answered strategy_reviewed supplier_declined follower_added follower_removed garden_changed garden_took_over became_leader
confirmation_asked confirmation_declined confirmation_given confirmation_void
note_shared
mandate_asked mandate_ended_for_company mandate_ends_soon_for_company mandate_given_by_colleague mandate_withdrawn_by_colleague
story_removed story_removed_for_supplier
supplier_withdrew transferred two_factor_disabled two_factor_enabled unsent_changes waits_to_open withdrawn
"""


def message(topic: Topic | None, subject: str = "Nytt") -> Message:
    return Message("test", lambda: Content(subject, ["Tekst."], "/account", "Se"), topic=topic)


def notify(viewer: Viewer, topic: Topic | None, subject: str = "Nytt") -> None:
    with transaction():
        send(message(topic, subject), [Recipient(viewer.user_id or 0, viewer.email, "nb")])


@pytest.fixture
def supplier(app: Flask) -> Viewer:
    viewer = factories.member(suppliers.supplier(of=factories.garden()))
    session.commit()
    return viewer


def subjects() -> list[str]:
    return list(session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)))


def last_mail(app: Flask) -> EmailMessage:
    deliver_due(app.config["SETTINGS"])
    file = max(Path(app.instance_path, "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_necessary_messages_are_listed() -> None:
    """A message without a topic is always e-mailed: security, decisions, answers that are waited for, deadlines."""
    import marketplace

    functions = set()
    root = Path(marketplace.__file__).parent
    for file in [*root.glob("*/notices.py"), *root.glob("*/notices/*.py")]:
        pattern = r'@as_message\("\w+"(?:, throttled=True)?\)\ndef (\w+)'
        functions |= set(re.findall(pattern, file.read_text(encoding="utf-8")))
    assert functions <= set(NECESSARY.split()), "give the message a topic, or list it here"


@pytest.mark.parametrize(
    ("topic", "mails"), [(None, 1), (Topic.INVITATIONS, 1), (Topic.OPPORTUNITIES, 0), (Topic.RECEIPTS, 0)]
)
def test_message_is_mailed_by_its_setting(supplier: Viewer, topic: Topic | None, mails: int) -> None:
    use_cases.change_message_settings(supplier, {Topic.RECEIPTS: Delivery.OFF, Topic.AREA: Delivery.OFF})
    notify(supplier, topic)
    assert len(subjects()) == mails
    assert session.query(Notice).count() == 1, "it is listed on the site"


def test_settings_page_saves_the_choices(client: Browser, supplier: Viewer) -> None:
    client.sign_in(supplier.user_id or 0)
    page = client.page("/account/messages")
    assert "Nye briefer" in page.text
    assert "næringshage" not in page.text.lower().split("du får alltid")[0]
    choices = {topic.value: "weekly" for topic in Topic}
    assert client.post("/account/messages", data=choices).status_code == 303
    saved = use_cases.message_settings(supplier.user_id)
    assert saved[Topic.INVITATIONS] is Delivery.WEEKLY
    assert saved[Topic.REVIEWS] is Delivery.NOW, "it does not concern suppliers"
    assert client.post("/account/messages", data=choices | {"invitations": "never"}).status_code == 422


def test_digests_are_sent_once_at_seven(app: Flask, supplier: Viewer) -> None:
    use_cases.change_message_settings(supplier, {Topic.QUESTIONS: Delivery.WEEKLY})
    with time_machine.travel(MONDAY, tick=False) as time:
        for topic, subject in ((Topic.OPPORTUNITIES, "Brief A"), (Topic.QUESTIONS, "Spørsmål B")):
            notify(supplier, topic, subject)
        assert use_cases.send_digests() == 0
        time.shift(dt.timedelta(hours=19))
        assert use_cases.send_digests() == 1
        assert use_cases.send_digests() == 0
        (daily,) = session.scalars(select(OutboxMail))
        assert "Brief A" in daily.body
        mail = last_mail(app)
        for text in (mail.get_body(("plain",)), mail.get_body(("html",))):
            assert text is not None
            assert "http://127.0.0.1:8000/account\n" in text.get_content().replace('"', "\n")
        assert "Spørsmål B" not in daily.body
        time.shift(dt.timedelta(days=6))
        assert use_cases.send_digests() == 1
    assert "Spørsmål B" in session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).all()[0].body


def test_digest_leaves_out_read_and_stopped_messages(app: Flask, supplier: Viewer) -> None:
    use_cases.change_message_settings(supplier, {Topic.QUESTIONS: Delivery.DAILY})
    with time_machine.travel(MONDAY, tick=False) as time:
        notify(supplier, Topic.OPPORTUNITIES)
        notify(supplier, Topic.QUESTIONS)
        first = session.scalars(select(Notice).order_by(Notice.id)).first()
        assert first is not None
        first.read_at = clock.now()
        session.commit()
        use_cases.unsubscribe(supplier.user_id or 0, "questions")
        time.shift(dt.timedelta(days=1))
        assert use_cases.send_digests() == 0


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-11-30 05:59", "2026-11-29 06:00", "2026-11-23 06:00"),
        ("2026-11-30 06:00", "2026-11-30 06:00", "2026-11-30 06:00"),
        ("2027-03-29 05:00", "2027-03-29 05:00", "2027-03-29 05:00"),
    ],
)
def test_digest_time_is_seven_in_norway(now: str, daily: str, weekly: str) -> None:
    from marketplace.accounts.use_cases.digests import latest_digest_time

    moment, first, second = (
        dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) for text in (now, daily, weekly)
    )
    assert latest_digest_time(Delivery.DAILY, moment) == first
    assert latest_digest_time(Delivery.WEEKLY, moment) == second


def test_optional_mail_can_be_stopped_with_one_click(app: Flask, client: Browser, supplier: Viewer) -> None:
    notify(supplier, Topic.INVITATIONS)
    mail = last_mail(app)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail["List-Unsubscribe"].strip("<>")
    assert url in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # because the e-mail has a text
    path = url.removeprefix(app.config["SETTINGS"].site_url)
    assert "Vil du slutte" in client.page(path).text
    assert client.head(path).status_code == 200
    assert use_cases.message_settings(supplier.user_id)[Topic.INVITATIONS] is Delivery.NOW, (
        "looking changes nothing"
    )
    for _time in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, csrf=False)
        assert answer.status_code == 200
    assert use_cases.message_settings(supplier.user_id)[Topic.INVITATIONS] is Delivery.OFF
    assert client.post(f"{path}x", csrf=False).status_code == 404


def test_digest_can_be_stopped_with_one_click(app: Flask, client: Browser, supplier: Viewer) -> None:
    with time_machine.travel(MONDAY, tick=False) as time:
        notify(supplier, Topic.OPPORTUNITIES)
        time.shift(dt.timedelta(days=1))
        use_cases.send_digests()
        url = last_mail(app)["List-Unsubscribe"].strip("<>")
        client.post(url.removeprefix(app.config["SETTINGS"].site_url), csrf=False)
    settings = use_cases.message_settings(supplier.user_id)
    assert settings[Topic.OPPORTUNITIES] is Delivery.OFF
    assert settings[Topic.INVITATIONS] is Delivery.NOW


def test_necessary_mail_has_no_unsubscribe_link(app: Flask, supplier: Viewer) -> None:
    notify(supplier, None)
    mail = last_mail(app)
    assert mail["List-Unsubscribe"] is None
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # because the e-mail has a text
    assert "/account/messages" in text
    assert "/unsubscribe/" not in text
