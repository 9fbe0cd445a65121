"""The company's decision: award, no award, ruling out, undo, and a supplier that declines."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import phase_of
from marketplace.briefs.use_cases.authorization import company_recipients, garden_recipients
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, or_404
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import Contact, owner_contact
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.award_deadlines import (
    DECLINE_DAYS,
    LATE_DECISION_DAYS,
    REOPEN_DAYS,
    can_decide_late,
    can_decline,
    can_reopen,
)
from marketplace.proposals.decision_reasons import CLOSING_REASONS, REASONS
from marketplace.proposals.lifecycle import ProposalActor, ProposalState
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.queries import award_of
from marketplace.proposals.use_cases.scoring import close_open_round
from marketplace.proposals.use_cases.transitions import (
    apply_brief_transition,
    apply_transition,
    lock_brief,
    lock_brief_for_company,
    proposals_of,
    record_action,
    supplier_recipients,
)


@dataclass(frozen=True, slots=True)
class RejectionReply:
    """The company's answer to an offer that it did not choose. `good` is what the company liked about the offer."""

    code: str
    text: str
    good: str = ""


@dataclass(frozen=True, slots=True)
class AwardDetails:
    """The agreement between the company and the chosen supplier."""

    proposal_id: int
    price_nok: int
    start_on: dt.date
    reason: str
    still_stands: bool = False


def _selectable_offers(brief: Brief) -> dict[int, Proposal]:
    """Return the offers that can be chosen, including those closed when the brief lapsed."""
    state = ProposalState.CLOSED_UNJUDGED if phase_of(brief) is Phase.LAPSED else ProposalState.SUBMITTED
    return {proposal.id: proposal for proposal in proposals_of(brief, state)}


def _check_late(brief: Brief) -> None:
    lapsed = phase_of(brief) is Phase.LAPSED
    if lapsed and brief.closed_at and not can_decide_late(brief.closed_at, clock.now()):
        raise Conflict(
            ngettext(
                "The brief lapsed more than %(num)s day ago. Copy it to start again.",
                "The brief lapsed more than %(num)s days ago. Copy it to start again.",
                LATE_DECISION_DAYS,
            )
        )


def award(
    viewer: Viewer, reference: str, details: AwardDetails, replies: Mapping[int, RejectionReply]
) -> None:
    """Choose one offer and answer all others in one transaction.

    An open round of individual scores is closed first, so that the letters contain the scores that are not disputed.
    Raises RuleBroken if an answer has no reason, NotFound if the offer cannot be chosen, Conflict if the decision has
    already been made.
    """
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "award")
        phase = phase_of(brief)
        _check_late(brief)
        close_open_round(viewer, brief)
        live = _selectable_offers(brief)
        winner = or_404(live.get(details.proposal_id))
        if phase is Phase.LAPSED and not details.still_stands:
            raise RuleBroken(
                _(
                    "The time limit for choosing has passed. Ask the supplier whether the offer is still valid."
                ),
                "still_stands",
            )
        if not details.reason:
            raise RuleBroken(_("Explain why you chose this offer."), "reason")
        others = [proposal for proposal in live.values() if proposal.id != winner.id]
        for other in others:
            _check_reply(replies.get(other.id), other.id, REASONS)
        now = clock.now()
        _add_award(viewer, brief, details, now)
        # Offers change state by the phase that the brief had before the award.
        apply_transition(winner, "award", ProposalActor.COMPANY_OWNER, phase)
        winner.decided_at, winner.outcome_code, winner.outcome_seen_at = now, "", None
        winner.outcome_text = details.reason
        for other in others:
            _reject(other, replies[other.id], phase, now)
        apply_brief_transition(brief, "award")
        brief.closed_at = now
        record(viewer, "brief.award", "brief", brief.reference, proposal=winner.id, others=len(others))
        _notify_all(brief, winner, others)


def _check_reply(reply: RejectionReply | None, proposal_id: int, codes: Mapping[str, object]) -> None:
    if reply is None or reply.code not in codes:
        raise RuleBroken(_("Choose a reason for each supplier you did not choose."), f"code_{proposal_id}")
    if not reply.text:
        raise RuleBroken(_("Write a sentence for each supplier you did not choose."), f"text_{proposal_id}")


def _add_award(viewer: Viewer, brief: Brief, details: AwardDetails, now: dt.datetime) -> None:
    session.add(
        Award(
            brief_id=brief.id,
            proposal_id=details.proposal_id,
            reason=details.reason,
            agreed_price_nok=details.price_nok,
            start_on=details.start_on,
            awarded_at=now,
            awarded_by_id=viewer.user_id,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(_("A colleague has just chosen an offer. Reload the page.")) from error


def _reject(proposal: Proposal, reply: RejectionReply, phase: Phase, now: dt.datetime) -> None:
    apply_transition(proposal, "reject", ProposalActor.COMPANY_OWNER, phase)
    proposal.decided_at, proposal.outcome_seen_at = now, None
    proposal.outcome_code, proposal.outcome_text, proposal.outcome_good = reply.code, reply.text, reply.good


def _notify_all(brief: Brief, winner: Proposal, others: Sequence[Proposal]) -> None:
    title, company = brief.versions[-1].title, brief.company.name
    send(notices.offer_chosen(company, title, winner.id), supplier_recipients(winner))
    for other in others:
        notice = notices.offer_not_chosen(company, title, other.id, other.outcome_code, other.outcome_text)
        send(notice, supplier_recipients(other))
    send(notices.choice_made(winner.supplier.name, title, brief.reference), company_recipients(brief))
    send(
        notices.garden_choice_made(company, winner.supplier.name, title, brief.reference),
        garden_recipients(brief),
    )


def choose_nobody(viewer: Viewer, reference: str, reply: RejectionReply) -> None:
    """Close a brief without an award, with the same reason and message to every bidder. Raises RuleBroken, Conflict."""
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "choose_nobody")
        phase = phase_of(brief)
        _check_late(brief)
        if reply.code not in CLOSING_REASONS:
            raise RuleBroken(_("Choose a reason."), "code")
        live = list(_selectable_offers(brief).values())
        if live and not reply.text:
            raise RuleBroken(_("Write a sentence for those who have answered."), "text")
        close_open_round(viewer, brief)
        now = clock.now()
        title = brief.versions[-1].title
        for proposal in live:
            _reject(proposal, reply, phase, now)
            notice = notices.nobody_chosen(
                _displayed_company_name(brief), title, proposal.id, reply.code, reply.text
            )
            send(notice, supplier_recipients(proposal))
        apply_brief_transition(brief, "choose_nobody")
        brief.closed_at, brief.closed_reason = now, reply.text
        record(viewer, "brief.choose_nobody", "brief", brief.reference, reason=reply.code, offers=len(live))
        send(
            notices.garden_nobody_chosen(
                brief.company.name, title, brief.reference, owner_contact(brief.company)
            ),
            garden_recipients(brief),
        )


def _displayed_company_name(brief: Brief) -> str:
    return "" if brief.name_hidden else brief.company.name


def reopen(viewer: Viewer, reference: str, reason: str) -> None:
    """Undo a recent award: all offers can be chosen again, and every bidder is notified with the reason. Raises Conflict."""
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "reopen")
        award = or_404(award_of(brief.id))
        if not can_reopen(award.awarded_at, clock.now()):
            raise Conflict(
                ngettext(
                    "A choice can be undone within %(num)s day. Ask your business garden.",
                    "A choice can be undone within %(num)s days. Ask your business garden.",
                    REOPEN_DAYS,
                )
            )
        if not reason:
            raise RuleBroken(_("Explain why you are undoing the choice."), "reason")
        phase = phase_of(brief)
        back = [award.proposal, *proposals_of(brief, ProposalState.NOT_SELECTED)]
        for proposal in back:
            apply_transition(proposal, "reinstate", ProposalActor.COMPANY_OWNER, phase)
            proposal.decided_at = None
        record(viewer, "brief.reopen", "brief", brief.reference, proposal=award.proposal_id)
        _open_choice_again(brief, award)
        title = brief.versions[-1].title
        for proposal in back:
            send(
                notices.choice_taken_back(brief.company.name, title, brief.reference, reason),
                supplier_recipients(proposal),
            )
        send(
            notices.garden_choice_taken_back(brief.company.name, title, brief.reference, reason),
            garden_recipients(brief),
        )


def _open_choice_again(brief: Brief, award: Award) -> None:
    session.delete(award)
    apply_brief_transition(brief, "reopen")
    brief.closed_at = None


def decline_award(viewer: Viewer, proposal_id: int, reason: str) -> None:
    """Decline a recent award, so that the company can choose another offer. Raises RuleBroken, Conflict."""
    with transaction():
        proposal = session.get(Proposal, proposal_id)
        if proposal is None or not viewer.is_supplier or proposal.supplier_id != viewer.organisation_id:
            raise NotFound
        if not viewer.is_owner:
            raise Forbidden
        brief = lock_brief(proposal.brief)
        session.refresh(proposal)
        award = award_of(brief.id)
        if award is None or award.proposal_id != proposal.id:
            raise Conflict(_("You cannot do this with the offer's current status. Reload the page."))
        if not can_decline(award.awarded_at, clock.now()):
            raise Conflict(
                ngettext(
                    "A job can be declined within %(num)s day. Talk to the company.",
                    "A job can be declined within %(num)s days. Talk to the company.",
                    DECLINE_DAYS,
                )
            )
        if not reason:
            raise RuleBroken(_("Explain why you cannot take the job."), "reason")
        phase = phase_of(brief)
        apply_transition(proposal, "decline_award", ProposalActor.SUPPLIER_OWNER, phase)
        proposal.supplier_reason = reason
        back = proposals_of(brief, ProposalState.NOT_SELECTED)
        for other in back:
            apply_transition(other, "reinstate", ProposalActor.SUPPLIER_OWNER, phase)
            other.decided_at = None
        record_action(viewer, "proposal.decline_award", brief, proposal)
        _open_choice_again(brief, award)
        record(None, "brief.reopen", "brief", brief.reference, proposal=proposal.id)
        title, reference = brief.versions[-1].title, brief.reference
        notice = notices.supplier_declined(proposal.supplier.name, title, reference, reason)
        send(notice, [*company_recipients(brief), *garden_recipients(brief)])
        for other in back:
            send(notices.choice_reopened(brief.company.name, title, reference), supplier_recipients(other))


def rule_out(viewer: Viewer, reference: str, proposal_id: int, demand: str, text: str) -> None:
    """Rule out an offer that does not meet a must-have, with an explanation. Raises RuleBroken."""
    with transaction():
        brief = lock_brief_for_company(viewer, reference, "choose_nobody")
        proposal = or_404(_selectable_offers(brief).get(proposal_id))
        if demand not in (brief.versions[-1].answers.get("must_have") or ()):
            raise RuleBroken(_("Choose the must-have that is not met."), "demand")
        if not text:
            raise RuleBroken(_("Describe in one sentence what is missing."), "text")
        apply_transition(proposal, "rule_out", ProposalActor.COMPANY_OWNER, phase_of(brief))
        proposal.decided_at, proposal.outcome_seen_at = clock.now(), None
        proposal.outcome_code, proposal.outcome_text = "must_have", f"{demand}: {text}"
        record_action(viewer, "proposal.rule_out", brief, proposal)
        title = brief.versions[-1].title
        notice = notices.offer_ruled_out(
            _displayed_company_name(brief), title, proposal.id, demand, text, garden=_garden_of(proposal)
        )
        send(notice, supplier_recipients(proposal))


def _garden_of(proposal: Proposal) -> Contact | None:
    garden = proposal.supplier.garden
    return Contact(garden.name, garden.email, garden.phone) if garden else None
