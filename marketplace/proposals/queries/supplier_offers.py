"""A supplier's own offers. No other viewer can read them here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, or_, select
from sqlalchemy.orm import joinedload, load_only

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.briefs.queries import approved_categories, brief_for, current_version, phase_of, view_of
from marketplace.briefs.queries.briefs import ORGANISATION_ID, PHASES_SHOWING_NAME
from marketplace.core import clock
from marketplace.core.collation import norwegian_order
from marketplace.core.database import prepared, session
from marketplace.core.dates import end_of_day_after
from marketplace.core.errors import NotFound
from marketplace.core.list_query import EVERYTHING, ListQuery
from marketplace.core.pagination import Page
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile
from marketplace.organisations.models import Organisation
from marketplace.proposals.award_deadlines import DECLINE_DAYS, can_decline
from marketplace.proposals.lifecycle import STATE_LABELS, STATES_WITH_LETTER, ProposalState, displayed_state
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.offer_content import AttachedFile, BriefRequirements, CitedCase, OfferContent
from marketplace.proposals.offer_validation import OfferProblem, find_problems
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import CaseStudy
from marketplace.text_search.list_search import ListSearch

_BRIEF = bindparam("brief_id", type_=Integer())
_IN_TRADE = prepared(
    select(BriefService.code)
    .where(BriefService.brief_id == _BRIEF, BriefService.category.in_(approved_categories(ORGANISATION_ID)))
    .limit(1)
)


@dataclass(frozen=True)
class SupplierOffer:
    """A brief with the viewer's own offer for it. `company` is None for anonymous briefs."""

    brief: Brief
    phase: Phase
    version: BriefVersion
    requirements: BriefRequirements
    proposal: Proposal | None
    company: str | None
    can_answer: bool

    def for_version(self, number: int | None) -> "SupplierOffer":
        """Return the offer with the requirements of a version of the brief; unchanged if the brief has no such version."""
        version = next((one for one in self.brief.versions if one.number == number), self.version)
        requirements = BriefRequirements.from_answers(version.title, version.answers)
        return replace(self, version=version, requirements=requirements)

    @property
    def deadline(self) -> dt.datetime:
        """Last second for submission."""
        assert self.brief.deadline is not None
        return self.brief.deadline

    @property
    def is_open(self) -> bool:
        """True if the offer can be edited now."""
        return self.phase is Phase.OPEN and self.can_answer

    @property
    def state(self) -> str:
        """State of the offer shown to its supplier; an offer that is not started counts as a draft."""
        return displayed_state(self.proposal.state if self.proposal else ProposalState.DRAFT, self.phase)

    @property
    def state_label(self) -> str:
        """Label of the state in the current locale."""
        return str(STATE_LABELS[self.state])

    @cached_property
    def content(self) -> OfferContent:
        """The supplier's draft, adapted to the current requirements of the brief. Decrypted once for each page."""
        stored = self.proposal.content if self.proposal else None
        return OfferContent.from_dict(stored).draft_for(self.requirements)

    @property
    def sent(self) -> OfferContent | None:
        """Submitted content, or None if nothing has been submitted."""
        stored = self.proposal.submitted_content if self.proposal else None
        return OfferContent.from_dict(stored) if stored is not None else None

    @property
    def is_sent(self) -> bool:
        """True if a submitted offer counts now."""
        return self.proposal is not None and self.proposal.state == ProposalState.SUBMITTED

    @property
    def has_unsent_changes(self) -> bool:
        """True if the draft differs from the submitted content."""
        return self.proposal is not None and differs_from_sent(self.proposal)

    @property
    def answers_older_version(self) -> bool:
        """True if the brief was amended after the offer was submitted."""
        return (
            self.is_sent and self.proposal is not None and self.proposal.brief_version_id != self.version.id
        )

    @property
    def problems(self) -> list[OfferProblem]:
        """Problems that prevent submission."""
        deadline = clock.to_local(self.deadline).date()
        decision = max(deadline, self.requirements.decision_date or deadline)
        return find_problems(self.content, clock.today(), decision)

    @property
    def days_left(self) -> int:
        """Whole days until the day of the deadline."""
        return (clock.to_local(self.deadline).date() - clock.today()).days


def own_proposal(viewer: Viewer, brief_id: int) -> Proposal | None:
    """Find the viewer's own offer for a brief, or None."""
    if not viewer.is_supplier:
        return None
    own = Proposal.supplier_id == viewer.organisation_id
    return session.scalar(select(Proposal).where(Proposal.brief_id == brief_id, own))


def load_supplier_offer(viewer: Viewer, reference: str) -> SupplierOffer:
    """Load a brief that the viewer's supplier may answer or has answered. Raises NotFound."""
    if not viewer.is_supplier:
        raise NotFound
    brief = brief_for(viewer, reference)
    version = current_version(brief)
    if version is None or brief.deadline is None:
        raise NotFound
    seen = view_of(viewer, brief)
    proposal = own_proposal(viewer, brief.id)
    return SupplierOffer(
        brief=brief,
        phase=seen.phase,
        version=version,
        requirements=BriefRequirements.from_answers(version.title, version.answers),
        proposal=proposal,
        company=seen.company.name if seen.company else None,
        can_answer=_can_answer(viewer, brief, proposal),
    )


def _can_answer(viewer: Viewer, brief: Brief, proposal: Proposal | None) -> bool:
    """Return True if a supplier is approved for a service of the brief and is invited, admitted, or has an offer."""
    asked = {"brief_id": brief.id, "organisation_id": viewer.organisation_id}
    if session.scalar(_IN_TRADE, asked) is None:
        return False
    if brief.open_door or proposal is not None:
        return True
    own = Invitation.supplier_id == viewer.organisation_id
    return session.scalar(select(Invitation.id).where(Invitation.brief_id == brief.id, own)) is not None


def citable_cases(viewer: Viewer) -> list[CitedCase]:
    """Return the case studies that the viewer's supplier may cite in an offer, newest first."""
    query = (
        select(CaseStudy.id, CaseStudy.title, CaseStudy.year)
        .where(CaseStudy.supplier_id == viewer.organisation_id)
        .order_by(CaseStudy.year.desc(), CaseStudy.id)
    )
    return [CitedCase(*row) for row in session.execute(query)]


def own_file(viewer: Viewer, reference: str, file_id: int) -> tuple[AttachedFile, bytes]:
    """Return a file of the viewer's own offer, as written or as sent. Raises NotFound."""
    offer = load_supplier_offer(viewer, reference)
    attached = (*offer.content.files, *(offer.sent.files if offer.sent else ()))
    return open_file(offer.proposal, attached, file_id)


def open_file(
    proposal: Proposal | None, attached: Sequence[AttachedFile], file_id: int
) -> tuple[AttachedFile, bytes]:
    """Decrypt one of the attached files of an offer. Raises NotFound if it is not among them."""
    found = next((one for one in attached if one.id == file_id), None)
    stored = session.get(StoredFile, file_id) if found else None
    if found is None or stored is None or proposal is None or stored.proposal_id != proposal.id:
        raise NotFound
    return found, proposal.unseal_file(stored)


@dataclass(frozen=True)
class OfferSummary:
    """A row in the supplier's list of offers."""

    proposal: Proposal
    phase: Phase
    company: str | None
    awarded_at: dt.datetime | None

    @property
    def state(self) -> str:
        """State of the offer shown to its supplier."""
        return displayed_state(self.proposal.state, self.phase)

    @property
    def state_label(self) -> str:
        """Label of the state in the current locale."""
        return str(STATE_LABELS[self.state])

    @property
    def decline_until(self) -> dt.datetime | None:
        """Time until which a won job can be declined, or None."""
        if self.awarded_at is None or self.phase is not Phase.AWARDED:
            return None
        return (
            end_of_day_after(self.awarded_at, DECLINE_DAYS)
            if can_decline(self.awarded_at, clock.now())
            else None
        )

    @property
    def has_unsent_changes(self) -> bool:
        """Return True if the offer was changed after it was sent, and can still be sent."""
        return self.phase is Phase.OPEN and differs_from_sent(self.proposal)

    @property
    def has_letter(self) -> bool:
        """True if there is an outcome letter."""
        return self.proposal.state in STATES_WITH_LETTER

    @property
    def has_news(self) -> bool:
        """True if there is an unread outcome letter."""
        return self.has_letter and self.proposal.outcome_seen_at is None


def differs_from_sent(proposal: Proposal) -> bool:
    """Return True if a sent offer was saved with other content than what counts."""
    return proposal.state == ProposalState.SUBMITTED and proposal.content != proposal.submitted_content


_ENCRYPTED = load_only(Proposal.state, Proposal.data_key, Proposal.sealed_content, Proposal.sealed_submission)
_OFFERS = prepared(
    select(Proposal).where(Proposal.id.in_(bindparam("ids", expanding=True))).options(_ENCRYPTED)
)


def overdue_since(proposal_ids: Sequence[int]) -> dict[int, dt.date]:
    """Return the promised finish dates that have passed, by id of the chosen offer."""
    if not proposal_ids:
        return {}
    offers = session.scalars(_OFFERS, {"ids": proposal_ids})
    dates = {offer.id: OfferContent.from_dict(offer.submitted_content).finish for offer in offers}
    return {offer_id: date for offer_id, date in dates.items() if date is not None and date < clock.today()}


def changed_since_sent(proposal_ids: Sequence[int]) -> set[int]:
    """Return the ids of the offers that were sent and have been changed since."""
    if not proposal_ids:
        return set()
    return {one.id for one in session.scalars(_OFFERS, {"ids": proposal_ids}) if differs_from_sent(one)}


_STATE_FILTERS: dict[str, tuple[str, ...]] = {
    "draft": (ProposalState.DRAFT,),
    "sent": (ProposalState.SUBMITTED,),
    "won": (ProposalState.AWARDED,),
    "lost": (ProposalState.NOT_SELECTED, ProposalState.INELIGIBLE),
}


def _filtered(query: Select[Proposal], wanted: ListQuery) -> Select[Proposal]:
    query = query.join(Brief, Brief.id == Proposal.brief_id)
    query = query.join(BriefVersion, BriefVersion.id == Proposal.brief_version_id)
    if states := _STATE_FILTERS.get(wanted["state"]):
        query = query.where(Proposal.state.in_(states))
    elif wanted["state"] == "other":
        query = query.where(
            Proposal.state.not_in([one for states in _STATE_FILTERS.values() for one in states])
        )
    orders: dict[str, tuple[Any, ...]] = {
        "deadline": (Brief.deadline.desc(),),
        "title": (norwegian_order(BriefVersion.title),),
    }
    return query.order_by(*orders.get(wanted.sort, (Proposal.updated_at.desc(),)), Proposal.id.desc())


def own_offers(viewer: Viewer, page: int = 1, wanted: ListQuery = EVERYTHING) -> Page[OfferSummary]:
    """List the offers of the viewer's supplier, most recently changed first unless another order is chosen."""
    if not viewer.is_supplier:
        raise NotFound
    query = _filtered(select(Proposal).where(Proposal.supplier_id == viewer.organisation_id), wanted)
    brief = joinedload(Proposal.brief)
    options = [brief.joinedload(Brief.company), brief.selectinload(Brief.versions)]
    # A hidden name must not be found by guessing, so it is searched only when the list shows it.
    is_shown = or_(Brief.name_hidden.is_(False), Brief.state.in_(PHASES_SHOWING_NAME))
    name = case(
        (is_shown, select(Organisation.name).where(Organisation.id == Brief.company_id).scalar_subquery())
    )
    search = ListSearch(wanted.text, (Proposal.id, BriefVersion.title, name))
    found = search.page(query, page, size=20, options=options)
    awards = {
        award.proposal_id: award.awarded_at
        for award in session.scalars(select(Award).where(Award.proposal_id.in_([p.id for p in found.items])))
    }
    items = []
    for proposal in found.items:
        seen = view_of(viewer, proposal.brief)
        items.append(
            OfferSummary(
                proposal,
                phase_of(proposal.brief),
                seen.company.name if seen.company else None,
                awards.get(proposal.id),
            )
        )
    return found.with_items(items)
