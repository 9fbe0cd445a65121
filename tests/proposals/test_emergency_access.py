"""Emergency access: needs a reason, lasts one hour, and notifies everybody concerned."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.audit.models import AuditEvent
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import OutboxMail
from marketplace.proposals import queries
from marketplace.proposals.use_cases.emergency_access import grant_emergency_access
from tests.factories.market import Market

REASON = "Leverandøren melder at tilbudet er sendt fra en stjålet konto."


def mails_with_reason(market: Market) -> dict[str, list[str]]:
    """Return the e-mails that quote the reason, by local part of the recipient."""
    mails: dict[str, list[str]] = {}
    query = select(OutboxMail).where(OutboxMail.body.contains(REASON))
    for mail in session.scalars(query):
        mails.setdefault(mail.recipient.split("@", 1)[0], []).append(f"{mail.subject}\n{mail.body}")
    return mails


def test_access_needs_reason_and_administrator(market: Market) -> None:
    for reason in ("", "fordi"):
        with pytest.raises(RuleBroken):
            grant_emergency_access(market.admin, market.reference, reason)
    for name in ("owner", "curator", "kvistverk"):
        with pytest.raises(Forbidden):
            grant_emergency_access(market.people[name], market.reference, REASON)
    with pytest.raises(RuleBroken):
        grant_emergency_access(market.admin, "2026-9999", REASON)
    assert mails_with_reason(market) == {}


def test_access_is_logged_and_notified_and_expires_after_an_hour(
    market: Market, app: Flask, at_noon: Any
) -> None:
    market.send("kvistverk", understanding="Lerketre")
    browser: Any = app.test_client().sign_in(market.admin.user_id)
    path = f"/admin/sealed/{market.reference}"
    assert browser.get(path).status_code == 404
    assert (
        browser.post("/admin/sealed", data={"reference": market.reference, "reason": ""}).status_code == 422
    )
    done = browser.post("/admin/sealed", data={"reference": market.reference, "reason": REASON})
    assert done.status_code == 303
    rows = session.scalars(select(AuditEvent).where(AuditEvent.action == "seal.break")).all()
    assert [(row.actor_id, row.object_id) for row in rows] == [(market.admin.user_id, market.reference)]
    notified = mails_with_reason(market)
    assert set(notified) == {"owner", "member", "kvistverk"}
    assert all(len(texts) == 1 for texts in notified.values())
    page = browser.page(path)
    assert "Lerketre" in page.text
    at_noon.shift(dt.timedelta(minutes=59))
    browser.sign_in(market.admin.user_id)  # an administrator's session expires after 30 idle minutes
    assert browser.get(path).status_code == 200
    at_noon.shift(dt.timedelta(minutes=2))
    assert browser.get(path).status_code == 404


def test_company_gets_same_mail_with_and_without_an_offer(market: Market) -> None:
    grant_emergency_access(market.admin, market.reference, REASON)
    without = mails_with_reason(market)
    assert set(without) == {"owner", "member"}
    market.send("kvistverk")
    grant_emergency_access(market.admin, market.reference, REASON)
    assert mails_with_reason(market)["owner"] == without["owner"] * 2


def test_access_is_not_shared_with_other_administrators(market: Market) -> None:
    grant_emergency_access(market.admin, market.reference, REASON)
    other = market.person("other_admin", None, "", admin=True)
    with pytest.raises(NotFound):
        queries.emergency_view(other, market.reference)


@pytest.mark.both_databases
def test_access_row_cannot_be_changed_or_deleted(market: Market) -> None:
    grant_emergency_access(market.admin, market.reference, REASON)
    for statement in ("UPDATE broken_glass SET reason = 'x'", "DELETE FROM broken_glass"):
        with pytest.raises(DBAPIError, match="record of an emergency access"):
            session.execute(text(statement))
        session.rollback()
