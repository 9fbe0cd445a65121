"""An administrator reads what is sealed with a reason alone, for an hour, and all whom it concerns are told."""

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
from marketplace.proposals.use_cases.emergency_access import break_glass
from tests.proposals.conftest import Market

REASON = "Leverandøren melder at tilbudet er sendt fra en stjålet konto."


def mails(market: Market) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(OutboxMail).where(OutboxMail.body.contains(REASON))
    for mail in session.scalars(query):
        found.setdefault(mail.recipient.split("@", 1)[0], []).append(f"{mail.subject}\n{mail.body}")
    return found


def test_it_needs_a_reason_and_an_administrator(market: Market) -> None:
    for reason in ("", "fordi"):
        with pytest.raises(RuleBroken):
            break_glass(market.admin, market.reference, reason)
    for name in ("owner", "curator", "kvistverk"):
        with pytest.raises(Forbidden):
            break_glass(market.people[name], market.reference, REASON)
    with pytest.raises(RuleBroken):
        break_glass(market.admin, "2026-9999", REASON)
    assert mails(market) == {}


def test_it_leaves_one_row_and_a_mail_to_buyer_and_bidder_and_ends_after_an_hour(
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
    told = mails(market)
    assert set(told) == {"owner", "member", "kvistverk"}
    assert all(len(texts) == 1 for texts in told.values())
    page = browser.page(path)
    assert "Lerketre" in page.text
    at_noon.shift(dt.timedelta(minutes=59))
    browser.sign_in(market.admin.user_id)  # half an hour without a click ends an administrator's session
    assert browser.get(path).status_code == 200
    at_noon.shift(dt.timedelta(minutes=2))
    assert browser.get(path).status_code == 404


def test_the_company_gets_the_same_mail_with_and_without_an_offer(market: Market) -> None:
    break_glass(market.admin, market.reference, REASON)
    without = mails(market)
    assert set(without) == {"owner", "member"}
    market.send("kvistverk")
    break_glass(market.admin, market.reference, REASON)
    assert mails(market)["owner"] == without["owner"] * 2


def test_another_administrator_needs_a_reason_of_her_own(market: Market) -> None:
    break_glass(market.admin, market.reference, REASON)
    other = market.person("other_admin", None, "", admin=True)
    with pytest.raises(NotFound):
        queries.unsealed(other, market.reference)


def test_the_row_that_says_why_cannot_be_changed(market: Market) -> None:
    break_glass(market.admin, market.reference, REASON)
    for statement in ("UPDATE broken_glass SET reason = 'x'", "DELETE FROM broken_glass"):
        with pytest.raises(DBAPIError, match="stands"):
            session.execute(text(statement))
        session.rollback()
