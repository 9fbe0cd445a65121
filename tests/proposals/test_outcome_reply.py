"""The supplier's right of reply to a company's answers about a job."""

from typing import Any

import pytest
from sqlalchemy import select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken
from marketplace.core.optimistic_lock import fingerprint
from marketplace.proposals.limits import MAX_REPLY_LENGTH
from marketplace.proposals.models.outcomes import OutcomeReply
from marketplace.proposals.use_cases import ReplyDetails, reply_to_outcome
from marketplace.suppliers.models import Supplier
from tests import factories
from tests.factories.market import Market
from tests.factories.outcomes import answer, delivered_job
from tests.support.notices import notice_kinds

REPLY = "Bildene kom tre uker etter avtalen."


@pytest.fixture
def job(market: Market) -> Brief:
    return delivered_job(market.owner, market.kvistverk.organisation_id or 0)


def test_reply_is_stored_once_audited_and_notified(market: Market, job: Brief) -> None:
    shared = answer(market.owner, job, for_supplier=True)
    for text in ("Vi er ikke enige.", REPLY, REPLY):
        reply_to_outcome(market.kvistverk, shared.id, ReplyDetails(text))
    assert [reply.text for reply in session.scalars(select(OutcomeReply))] == [REPLY]
    query = select(AuditEvent.action).where(AuditEvent.action.like("brief.outcome_reply%"))
    assert session.scalars(query).all() == ["brief.outcome_reply"] * 2
    assert notice_kinds(market.owner).count("outcome_replied") == 2


def test_empty_reply_removes_it(market: Market, job: Brief) -> None:
    shared = answer(market.owner, job, for_supplier=True)
    reply_to_outcome(market.kvistverk, shared.id, ReplyDetails(REPLY))
    reply_to_outcome(market.kvistverk, shared.id, ReplyDetails(""))
    assert session.scalars(select(OutcomeReply)).all() == []
    reply_to_outcome(market.kvistverk, shared.id, ReplyDetails(REPLY))
    assert [reply.text for reply in session.scalars(select(OutcomeReply))] == [REPLY]


def test_only_the_supplier_of_the_job_replies_to_answers_it_may_read(market: Market, job: Brief) -> None:
    closed = answer(market.owner, job)
    with pytest.raises(NotFound):
        reply_to_outcome(market.kvistverk, closed.id, ReplyDetails(REPLY))
    shared = answer(market.owner, job, for_supplier=True)
    for person in (market.myrull, market.owner, market.curator):
        with pytest.raises(NotFound):
            reply_to_outcome(person, shared.id, ReplyDetails(REPLY))


def test_member_cannot_reply_for_the_supplier(market: Market, job: Brief) -> None:
    shared = answer(market.owner, job, for_supplier=True)
    supplier = session.get_one(Supplier, market.kvistverk.organisation_id)
    with pytest.raises(Forbidden):
        reply_to_outcome(factories.member(supplier, "member"), shared.id, ReplyDetails(REPLY))


def test_reply_over_the_limit_is_refused(market: Market, job: Brief) -> None:
    shared = answer(market.owner, job, for_supplier=True)
    with pytest.raises(RuleBroken):
        reply_to_outcome(market.kvistverk, shared.id, ReplyDetails("x" * (MAX_REPLY_LENGTH + 1)))


def test_reply_saved_from_an_old_page_conflicts(market: Market, job: Brief) -> None:
    shared = answer(market.owner, job, for_supplier=True)
    seen = fingerprint(ReplyDetails(""))
    reply_to_outcome(market.kvistverk, shared.id, ReplyDetails(REPLY), seen)
    with pytest.raises(Conflict):
        reply_to_outcome(market.kvistverk, shared.id, ReplyDetails("Noe annet."), seen)


def test_reply_is_shown_to_company_and_garden_and_on_its_form(
    market: Market, browser: Any, job: Brief
) -> None:
    shared = answer(market.owner, job, for_supplier=True, for_garden=True)
    path = f"/proposals/outcomes/{shared.id}/reply"
    form = browser("kvistverk").page(path)
    assert "Ble det ferdig i tide?" in form.text
    answered = browser("kvistverk").post(
        path, data={"text": REPLY, "seen": form.one("input", name="seen").get("value")}
    )
    assert answered.status_code == 303
    assert REPLY in browser("owner").page("/briefs/outcomes").text
    assert REPLY in browser("curator").page(f"/companies/{market.owner.organisation_id}/outcomes").text
    assert REPLY in browser("kvistverk").page(path).text
    assert browser("myrull").get(path).status_code == 404


def test_garden_that_may_not_read_the_answers_sees_no_reply(market: Market, browser: Any, job: Brief) -> None:
    shared = answer(market.owner, job, for_supplier=True)
    reply_to_outcome(market.kvistverk, shared.id, ReplyDetails(REPLY))
    assert REPLY not in browser("curator").page(f"/companies/{market.owner.organisation_id}/outcomes").text
