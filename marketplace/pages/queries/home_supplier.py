"""Home page of a supplier."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Integer, Row, bindparam, exists, select

from marketplace.briefs import lifecycle
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock, dates
from marketplace.core.database import prepared, session
from marketplace.core.dates import cutoff_passed
from marketplace.core.i18n import format_date, gettext, gettext as _, quoted
from marketplace.core.places import municipality_name
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.pages.dashboard import Dashboard, Fact, Priority, Task
from marketplace.pages.queries.home_company import NEAR_DAYS, days_left
from marketplace.pages.queries.supplier_approvals import approval_tasks, approved_kinds
from marketplace.proposals import award_deadlines
from marketplace.proposals.models.offers import Proposal
from marketplace.proposals.queries import changed_since_sent, overdue_since
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import CaseStudy, Supplier
from marketplace.vetting.models import Vetting

_WHOSE = bindparam("supplier_id", type_=Integer())
_SUPPLIER, _GARDEN = Supplier.__table__, Organisation.__table__.alias("garden")
_ITSELF = prepared(
    select(
        _SUPPLIER.c.next_start,
        _GARDEN.c.name.label("garden"),
        Vetting.category,
        Vetting.state,
        Vetting.submitted_at,
        Vetting.approved_at,
        exists().where(CaseStudy.supplier_id == _SUPPLIER.c.id).label("has_cases"),
    )
    .select_from(_SUPPLIER)
    .outerjoin(_GARDEN, _GARDEN.c.id == _SUPPLIER.c.garden_id)
    .outerjoin(Vetting, Vetting.supplier_id == _SUPPLIER.c.id)
    .where(_SUPPLIER.c.id == _WHOSE)
    .order_by(Vetting.category)
)
_BRIEF = (
    Brief.id.label("brief_id"),
    Brief.reference,
    Brief.title,
    Brief.state.label("brief_state"),
    Brief.deadline,
    Brief.opened_early_at,
    Brief.name_hidden,
    Organisation.name.label("company"),
    Organisation.municipality_number,
)
_NEWEST = (
    select(BriefVersion.id)
    .where(BriefVersion.brief_id == Brief.id)
    .order_by(BriefVersion.number.desc())
    .limit(1)
    .correlate(Brief)
    .scalar_subquery()
)
_OFFERS = prepared(
    select(
        Proposal.id,
        Proposal.state,
        Proposal.brief_version_id,
        Proposal.decided_at,
        Proposal.outcome_seen_at,
        _NEWEST.label("newest_version_id"),
        *_BRIEF,
    )
    .join(Brief, Brief.id == Proposal.brief_id)
    .join(Organisation, Organisation.id == Brief.company_id)
    .where(Proposal.supplier_id == _WHOSE)
    .order_by(Proposal.decided_at.is_not(None), Proposal.decided_at.desc(), Brief.deadline, Proposal.id)
)
_INVITED = prepared(
    select(Invitation.state, *_BRIEF)
    .join(Brief, Brief.id == Invitation.brief_id)
    .join(Organisation, Organisation.id == Brief.company_id)
    .where(
        Invitation.supplier_id == _WHOSE,
        Invitation.state.in_(("invited", "seen")),
        Brief.state == "published",
    )
    .order_by(Brief.deadline, Brief.id)
)
"""Load only the columns that the page shows: full offers, briefs and companies take three times as long."""

Rows = Sequence[Any]


def supplier_dashboard(viewer: Viewer) -> Dashboard:
    """Return the tasks of the viewer's supplier, most urgent first."""
    whose = {"supplier_id": viewer.organisation_id}
    itself = session.execute(_ITSELF, whose).all()
    vettings = [row for row in itself if row.category is not None]
    offers = session.execute(_OFFERS, whose).all()
    invitations = session.execute(_INVITED, whose).all()
    tasks = [
        *_invitations(invitations, {offer.brief_id for offer in offers}),
        *_drafts(offers),
        *_outcomes(offers),
        *approval_tasks(vettings),
    ]
    return Dashboard(
        sorted(tasks, key=lambda task: (task.priority, not task.is_imminent)),
        _facts(itself[0], vettings),
        is_listed=any(vetting.approved_at for vetting in vettings),
    )


def _open(brief: Row[Any]) -> bool:
    return (
        lifecycle.phase(brief.brief_state, brief.deadline, brief.opened_early_at, clock.now()) is Phase.OPEN
    )


def _when(brief: Row[Any]) -> tuple[str, bool]:
    """Return the time left until the deadline of an open brief, in words, and True if it is imminent."""
    is_imminent = (clock.to_local(brief.deadline).date() - clock.today()).days <= NEAR_DAYS
    return (
        f"{days_left(brief.deadline)} · {_('deadline %(date)s', date=format_date(brief.deadline))}",
        is_imminent,
    )


def _invitations(invitations: Rows, answered: Collection[int]) -> Iterator[Task]:
    for invitation in invitations:
        if not _open(invitation) or invitation.brief_id in answered:
            continue
        when, is_imminent = _when(invitation)
        name = (
            gettext("A company in %(place)s", place=municipality_name(invitation.municipality_number))
            if invitation.name_hidden
            else invitation.company
        )
        seen = invitation.state == "seen"
        yield Task(
            Priority.NOW,
            _("Write an offer on “%(title)s”", title=invitation.title)
            if seen
            else _("Answer the invitation to “%(title)s”", title=invitation.title),
            f"/briefs/{invitation.reference}",
            name + ".",
            when,
            is_imminent,
            button=_("Read the brief"),
        )


def _drafts(offers: Rows) -> Iterator[Task]:
    changed = changed_since_sent([one.id for one in offers if one.state == "submitted" and _open(one)])
    for offer in offers:
        if not _open(offer):
            continue
        when, is_imminent = _when(offer)
        if offer.state == "draft":
            link = _("Finish the offer for “%(title)s”", title=offer.title)
            yield Task(
                Priority.NOW,
                link,
                f"/briefs/{offer.reference}/proposal",
                _("It has not been sent yet."),
                when,
                is_imminent,
                _("Continue"),
            )
        elif offer.state == "submitted" and offer.brief_version_id != offer.newest_version_id:
            link = _("Respond to the change in “%(title)s”", title=offer.title)
            yield Task(
                Priority.NOW,
                link,
                f"/briefs/{offer.reference}#changes",
                _("The brief was changed after you sent the offer."),
                when,
                is_imminent,
                _("See what has changed"),
            )
        elif offer.id in changed:
            yield Task(
                Priority.NOW,
                _("Send the changes to your offer on “%(title)s”", title=offer.title),
                f"/briefs/{offer.reference}/proposal",
                _("You saved changes after you sent it. The version you sent still counts."),
                when,
                is_imminent,
                _("Continue"),
            )
        elif offer.state == "submitted":
            link = _("Your offer on “%(title)s” has been sent", title=offer.title)
            yield Task(
                Priority.LATER,
                link,
                f"/briefs/{offer.reference}/proposal",
                _("You can change it until the deadline."),
                when,
            )


def _outcomes(offers: Rows) -> Iterator[Task]:
    since = cutoff_passed(days=60)
    overdue = overdue_since(
        [one.id for one in offers if one.state == "awarded" and one.brief_state == "awarded"]
    )
    for offer in offers:
        if offer.decided_at is None:
            continue
        if offer.state == "awarded" and offer.brief_state == "awarded":
            if offer.id in overdue:
                yield Task(
                    Priority.NOW,
                    _("“%(title)s” should have been delivered", title=offer.title),
                    f"/proposals/{offer.id}/letter",
                    _(
                        "Ask %(company)s to confirm the delivery, or agree on a new date.",
                        company=offer.company,
                    ),
                    _("Agreed date: %(date)s", date=format_date(overdue[offer.id])),
                )
            else:
                yield _won(offer)
            continue
        if offer.decided_at < since:
            continue
        if offer.outcome_seen_at is not None:
            continue
        company = offer.company
        url = f"/proposals/{offer.id}/letter"
        when = format_date(offer.decided_at)
        yield Task(
            Priority.SOON,
            _("%(company)s has answered", company=company),
            url,
            _("The letter explains why."),
            when,
        )


def _won(offer: Row[Any]) -> Task:
    """Return the task of a won job that is not delivered yet: the letter first, then the job itself."""
    until = dates.end_of_day_after(offer.decided_at, award_deadlines.DECLINE_DAYS)
    is_new, can_decline = offer.outcome_seen_at is None, clock.now() <= until
    rest = quoted(offer.title) + "."
    if can_decline:
        rest += " " + _("If you cannot take the job, decline it by %(date)s.", date=format_date(until))
    return Task(
        Priority.NOW if is_new else Priority.SOON,
        _("%(company)s has chosen you", company=offer.company),
        f"/proposals/{offer.id}/letter",
        rest,
        format_date(offer.decided_at),
        button=_("Read the answer") if is_new else "",
    )


def _facts(supplier: Row[Any], vettings: Rows) -> list[Fact]:
    approved = approved_kinds(vettings)
    facts = [Fact(_("Business garden"), supplier.garden or _("None yet"))]
    if approved:
        facts.append(Fact(_("Approved for"), approved))
    facts.append(
        Fact(
            _("Available from"), format_date(supplier.next_start) if supplier.next_start else _("Not stated")
        )
    )
    return facts
