"""What waits for a supplier."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.briefs import lifecycle
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.core import clock, taxonomy
from marketplace.core.database import session
from marketplace.core.i18n import format_date, format_list, gettext
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.pages.desk import Desk, Fact, Task, Urgency
from marketplace.pages.queries.company import NEAR_DAYS, days_left
from marketplace.proposals.models import Proposal
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import Supplier


def own_supplier(viewer: Viewer) -> Supplier:
    """Return the supplier that the viewer acts for."""
    query = select(Supplier).options(selectinload(Supplier.vettings), joinedload(Supplier.garden))
    return session.scalars(query.where(Supplier.id == viewer.organisation_id)).one()


def supplier_desk(viewer: Viewer) -> Desk:
    """Return what waits for the viewer's supplier, in order of urgency."""
    supplier = own_supplier(viewer)
    own = (
        select(Proposal)
        .where(Proposal.supplier_id == supplier.id)
        .options(
            joinedload(Proposal.brief).joinedload(Brief.company),
            joinedload(Proposal.brief).selectinload(Brief.versions),
        )
    )
    proposals = list(session.scalars(own.order_by(Proposal.decided_at.desc())))
    tasks = [
        *_invitations(supplier, {proposal.brief_id: proposal for proposal in proposals}),
        *_drafts(proposals, supplier),
        *_outcomes(proposals),
        *_vettings(supplier),
    ]
    return Desk(sorted(tasks, key=lambda task: (task.urgency, not task.near)), _facts(supplier))


def _open(brief: Brief) -> bool:
    return lifecycle.phase(brief.state, brief.deadline, brief.opened_early_at, clock.now()) is Phase.OPEN


def _when(brief: Brief) -> tuple[str, bool]:
    if brief.deadline is None:
        return "", False
    near = (clock.to_local(brief.deadline).date() - clock.today()).days <= NEAR_DAYS
    return f"{days_left(brief.deadline)} · {_('deadline %(date)s', date=format_date(brief.deadline))}", near


def _invitations(supplier: Supplier, answered: dict[int, Proposal]) -> Iterator[Task]:
    query = (
        select(Invitation)
        .join(Invitation.brief)
        .options(joinedload(Invitation.brief).joinedload(Brief.company))
        .where(
            Invitation.supplier_id == supplier.id,
            Invitation.state.in_(("invited", "seen")),
            Brief.state == "published",
        )
        .order_by(Brief.deadline)
    )
    for invitation in session.scalars(query):
        brief = invitation.brief
        if not _open(brief) or brief.id in answered:
            continue
        when, near = _when(brief)
        name = (
            gettext("A company in %(place)s", place=brief.company.place)
            if brief.name_hidden
            else brief.company.name
        )
        seen = invitation.state == "seen"
        yield Task(
            Urgency.NOW,
            _("Write an offer to %(company)s", company=name)
            if seen
            else _("Say yes or no to %(company)s", company=name),
            f"/briefs/{brief.reference}",
            brief.title + ".",
            when,
            near,
            button=_("Read the brief"),
        )


def _drafts(proposals: list[Proposal], supplier: Supplier) -> Iterator[Task]:
    del supplier
    for proposal in proposals:
        brief = proposal.brief
        if not _open(brief):
            continue
        when, near = _when(brief)
        if proposal.state == "draft":
            link = _("Finish the offer on %(title)s", title=brief.title)
            yield Task(
                Urgency.NOW,
                link,
                f"/briefs/{brief.reference}/proposal",
                _("It is not sent yet."),
                when,
                near,
                _("Go on"),
            )
        elif proposal.state == "submitted" and proposal.brief_version_id != brief.versions[-1].id:
            link = _("Answer the change in %(title)s", title=brief.title)
            yield Task(
                Urgency.NOW,
                link,
                f"/briefs/{brief.reference}#changes",
                _("The brief was changed after you sent the offer."),
                when,
                near,
                _("See what is changed"),
            )
        elif proposal.state == "submitted":
            link = _("Your offer on %(title)s is sent", title=brief.title)
            yield Task(
                Urgency.LATER,
                link,
                f"/briefs/{brief.reference}/proposal",
                _("You can change it until the deadline."),
                when,
            )


def _outcomes(proposals: list[Proposal]) -> Iterator[Task]:
    since = clock.now() - dt.timedelta(days=60)
    for proposal in proposals:
        if proposal.decided_at is None or proposal.decided_at < since:
            continue
        if proposal.outcome_seen_at is not None:
            continue
        company = proposal.brief.company.name
        url = f"/proposals/{proposal.id}/letter"
        when = format_date(proposal.decided_at)
        if proposal.state == "awarded":
            yield Task(
                Urgency.NOW,
                _("%(company)s has chosen you", company=company),
                url,
                proposal.brief.title + ".",
                when,
                button=_("Read the answer"),
            )
        else:
            yield Task(
                Urgency.SOON,
                _("%(company)s has answered", company=company),
                url,
                _("The letter says why."),
                when,
            )


def _vettings(supplier: Supplier) -> Iterator[Task]:
    changes = [v.category for v in supplier.vettings if v.state == "changes_requested"]
    if changes:
        names = format_list([taxonomy.group(code).label for code in changes])
        rest = _("It is about %(kinds)s.", kinds=names)
        yield Task(
            Urgency.NOW,
            _("Mend what your business garden asks for"),
            "/profile",
            rest,
            button=_("See what is missing"),
        )
    waiting = [v for v in supplier.vettings if v.state == "submitted"]
    if waiting:
        names = format_list([taxonomy.group(v.category).label for v in waiting])
        when = _("Sent %(date)s", date=format_date(min(v.submitted_at for v in waiting)))
        yield Task(
            Urgency.LATER,
            _("Your application is being read"),
            "/profile",
            _("It is about %(kinds)s.", kinds=names),
            when,
        )


def _facts(supplier: Supplier) -> list[Fact]:
    approved = [v for v in supplier.vettings if v.state == "approved" and v.approved_at]
    facts = [Fact(_("Business garden"), supplier.garden.name if supplier.garden else _("None yet"))]
    if approved:
        kinds = format_list([taxonomy.group(v.category).label for v in approved])
        facts.append(Fact(_("Approved for"), kinds))
    facts.append(
        Fact(_("Free from"), format_date(supplier.next_start) if supplier.next_start else _("Not stated"))
    )
    return facts
