"""Sealed offers before the deadline, and their opening at the deadline or early."""

import pytest
from sqlalchemy import func, select

from marketplace.audit.models import AuditEvent
from marketplace.briefs.queries import phase_of
from marketplace.briefs.use_cases import withdraw as withdraw_brief
from marketplace.core.database import session
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.proposals import queries, use_cases
from marketplace.proposals.models.offers import SealedEvent
from marketplace.sourcing.models import Invitation, OutsideInvitation
from tests.factories.offers import full_content
from tests.proposals.conftest import AFTER
from tests.support.notices import notices_to

PROPOSAL_ACTS = AuditEvent.object_type == "proposal"


def audit_rows():
    return session.scalars(select(AuditEvent).where(PROPOSAL_ACTS).order_by(AuditEvent.id)).all()


def test_sealed_offer_is_in_no_audit_notice_or_query(market):
    market.send("kvistverk")
    use_cases.withdraw(market.kvistverk, market.reference, "Full ordrebok")
    use_cases.resume(market.kvistverk, market.reference)
    assert not audit_rows()
    assert session.scalar(select(func.count()).select_from(SealedEvent)) == 4
    own = {market.kvistverk.user_id}
    assert {n.user_id for n in session.scalars(select(Notice))} == own
    assert {m.recipient for m in session.scalars(select(OutboxMail))} == {market.kvistverk.email}
    found = queries.offers_for(market.owner, market.reference)
    assert found.is_sealed
    assert not found.offers
    assert queries.count_for_garden(market.curator, market.reference)[1] is None
    for viewer in (market.outsider, market.far_curator, market.admin, market.myrull):
        with pytest.raises(NotFound):
            queries.offers_for(viewer, market.reference)
    invitations = session.scalars(select(Invitation.state)).all()
    assert set(invitations) == {"invited"}


def test_opening_unseals_once_and_keeps_action_times(market, at_noon):
    market.send("kvistverk")
    use_cases.save(market.myrull, market.reference, full_content())
    assert use_cases.open_due() == 0
    at_noon.move_to(AFTER, tick=False)
    assert use_cases.open_due() == 1
    assert use_cases.open_due() == 0
    assert [row.action for row in audit_rows()] == ["proposal.begin", "proposal.submit", "proposal.begin"]
    assert audit_rows()[0].details["at"].startswith("2026-11-24")
    assert not session.scalar(select(func.count()).select_from(SealedEvent))
    (told,) = notices_to(market.owner, "offers_opened")
    assert "1" in told.subject
    assert "Tilbudet er åpnet" in told.body
    assert [offer.name for offer in queries.offers_for(market.member, market.reference).offers] == [
        "Kvistverk"
    ]
    assert queries.count_for_garden(market.curator, market.reference)[1] == 1


def test_early_opening_needs_invitation_only_and_all_answers(market):
    market.send("kvistverk")
    assert use_cases.open_early(market.owner, market.reference) is False
    market.send("myrull")
    market.brief.open_door = True
    session.commit()
    with pytest.raises(RuleBroken):
        use_cases.open_early(market.owner, market.reference)
    market.brief.open_door = False
    session.query(Invitation).filter(Invitation.supplier_id == market.skogsfjord.organisation_id).update(
        {"state": "declined"}
    )
    session.commit()
    with pytest.raises(Forbidden):
        use_cases.open_early(market.member, market.reference)
    assert use_cases.open_early(market.owner, market.reference) is True
    assert phase_of(market.brief) == "evaluating"
    assert len(queries.offers_for(market.owner, market.reference).offers) == 2
    assert use_cases.open_due() == 0
    with pytest.raises(RuleBroken):
        use_cases.save(market.kvistverk, market.reference, full_content())


def test_early_opening_without_offers_is_refused(market):
    session.query(Invitation).update({"state": "declined"})
    session.commit()
    assert use_cases.open_early(market.owner, market.reference) is False


def test_early_opening_waits_for_suppliers_invited_by_email(market):
    for name in ("kvistverk", "myrull", "skogsfjord"):
        market.send(name)
    pending = OutsideInvitation(
        token_hash="x", brief_id=market.brief_id, email="ny@byraa.example", invited_by_id=market.owner.user_id
    )
    session.add(pending)
    session.commit()
    assert use_cases.open_early(market.owner, market.reference) is False
    pending.result = "late"
    session.commit()
    assert use_cases.open_early(market.owner, market.reference) is True


def test_withdrawn_brief_keeps_offers_sealed(market):
    proposal = market.send("kvistverk")
    withdraw_brief(market.owner, market.reference, "Vi skal ikke ha nettbutikk likevel")
    assert queries.offers_for(market.owner, market.reference).is_sealed
    session.refresh(proposal)
    assert proposal.state == "closed_unjudged"
    assert not audit_rows()
    assert queries.letter_for(market.kvistverk, proposal.id).proposal.outcome_text
    assert len(notices_to(market.kvistverk)) == 2


def test_brief_withdrawn_after_opening_shows_offers(opened):
    withdraw_brief(opened.owner, opened.reference, "Vi skal ikke ha nettbutikk likevel")
    found = queries.offers_for(opened.owner, opened.reference)
    assert not found.is_sealed
    assert {offer.state for offer in found.offers} == {"closed_unjudged"}
