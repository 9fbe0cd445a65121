"""Invariants of a brief and its offers, checked after every step of every random history."""

import datetime as dt
from typing import Any

from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.models import BriefVersion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.outbox.models import Notice
from marketplace.proposals import queries
from marketplace.proposals.lifecycle import STATES_WITH_LETTER
from marketplace.proposals.models.offers import Award, Proposal
from tests.factories.market import Market

ENDED = {"awarded", "delivered", "no_award", "withdrawn", "lapsed", "terminated"}
CHOSEN = {"awarded", "delivered", "terminated"}
ANSWERING = {
    "offer_chosen", "offer_not_chosen", "nobody_chosen", "offer_ruled_out", "brief_lapsed", "brief_withdrawn",
}  # fmt: skip
LEADS_TO = {
    "brief.create": "draft", "brief.ask_review": "in_review", "brief.answer_review": "draft",
    "brief.pull_back": "draft", "brief.delete": "deleted", "brief.restore": "draft", "brief.publish": "published",
    "brief.withdraw": "withdrawn", "brief.award": "awarded", "brief.reopen": "published",
    "brief.choose_nobody": "no_award", "brief.lapse": "lapsed", "brief.deliver": "delivered",
    "brief.terminate": "terminated",
}  # fmt: skip


def local_day(moment: dt.datetime) -> dt.date:
    """Local day of a moment."""
    return clock.to_local(moment).date()


def check(market: Market, model: Any) -> None:
    """Compare the database with the model, and check the invariants."""
    session.rollback()
    session.expire_all()
    stored = _load_offers(market, model)
    states = {name: proposal.state if proposal else None for name, proposal in stored.items()}
    assert states == model.offers
    assert market.brief.state == model.brief
    _check_single_choice(market, states)
    _check_answers_notified(market, stored)
    _check_sealed(market, model)
    _check_audit_log(market, model)
    versions = select(func.count()).where(BriefVersion.brief_id == market.brief_id)
    assert session.scalar(versions) == (1 + model.changes if model.published_on else 0)


def _load_offers(market: Market, model: Any) -> dict[str, Proposal | None]:
    found = {
        proposal.supplier_id: proposal
        for proposal in session.scalars(select(Proposal).where(Proposal.brief_id == market.brief_id))
    }
    assert len(found) == session.scalar(select(func.count()).where(Proposal.brief_id == market.brief_id))
    return {name: found.get(market.people[name].organisation_id) for name in model.offers}


def _check_single_choice(market: Market, states: dict[str, str | None]) -> None:
    """At most one offer is chosen, only if the brief is awarded, and no offer stays open after the end."""
    winners = [name for name, state in states.items() if state == "awarded"]
    assert len(winners) == (market.brief.state in CHOSEN)
    awards = select(func.count()).select_from(Award).where(Award.brief_id == market.brief_id)
    assert session.scalar(awards) == len(winners)
    if market.brief.state in ENDED:
        assert "submitted" not in states.values()


def _check_answers_notified(market: Market, stored: dict[str, Proposal | None]) -> None:
    """Every answered supplier has been notified."""
    for name, proposal in stored.items():
        if proposal is not None and proposal.state in STATES_WITH_LETTER:
            mine = select(Notice.kind).where(Notice.user_id == market.people[name].user_id)
            kinds = set(session.scalars(mine))
            assert any(kind in ANSWERING or "withdrawn" in kind for kind in kinds), (name, kinds)


def _check_sealed(market: Market, model: Any) -> None:
    """While a brief is open, only the bidder can read its offer: no content, count or audit event leaks."""
    if model.phase != "open":
        return
    seen = queries.offers_for(market.owner, market.reference)
    assert seen.is_sealed
    assert not seen.offers
    assert queries.count_for_garden(market.curator, market.reference)[1] is None
    if not model.openings:
        logged = select(func.count()).where(AuditEvent.object_type == "proposal")
        assert session.scalar(logged) == 0


def _check_audit_log(market: Market, model: Any) -> None:
    """Replaying the audit log gives the brief's state, and the opening is recorded once."""
    mine = (AuditEvent.object_type == "brief", AuditEvent.object_id == market.reference)
    acts = list(session.scalars(select(AuditEvent.action).where(*mine).order_by(AuditEvent.id)))
    moves = [LEADS_TO[act] for act in acts if act in LEADS_TO]
    assert moves[-1] == model.brief
    assert acts.count("brief.opened") == model.openings
