"""What waits for a business garden."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.briefs.models import Brief, BriefReview
from marketplace.core import clock, taxonomy
from marketplace.core.database import session
from marketplace.core.i18n import format_date, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.pages.desk import MOST_IN_A_GROUP, Desk, Fact, Task, Urgency
from marketplace.sourcing.models import Invitation
from marketplace.suppliers import queries as suppliers
from marketplace.suppliers.models import Supplier, Vetting

PROMISED_WORKING_DAYS = 6
RENEWAL_DAYS = 365


def garden_desk(viewer: Viewer) -> Desk:
    """Return what waits for the viewer's garden, in order of urgency."""
    garden_id = viewer.organisation_id or 0
    tasks = [
        *_reviews(garden_id),
        *_second_looks(viewer),
        *_applications(garden_id),
        *_quiet_briefs(garden_id),
        *_renewals(garden_id),
    ]
    return Desk(sorted(tasks, key=lambda task: (task.urgency, not task.near)), _facts(garden_id))


def _reviews(garden_id: int) -> Iterator[Task]:
    query = (
        select(BriefReview)
        .join(BriefReview.brief)
        .join(Brief.company)
        .options(joinedload(BriefReview.brief).joinedload(Brief.company))
        .where(
            Company.garden_id == garden_id,
            Brief.state == "in_review",
            BriefReview.answered_at.is_(None),
            BriefReview.withdrawn_at.is_(None),
        )
        .order_by(BriefReview.asked_at)
    )
    for review in session.scalars(query):
        brief = review.brief
        yield Task(
            Urgency.NOW,
            _("Read the brief from %(company)s", company=brief.company.name),
            f"/briefs/{brief.reference}",
            _("They want your advice before they send it."),
            _("Asked %(date)s", date=format_date(review.asked_at)),
            button=_("Read the brief"),
        )


def _second_looks(viewer: Viewer) -> Iterator[Task]:
    """Refusals of others that the viewer can confirm, and appeals that the viewer can judge."""
    for refusal in suppliers.refusals_to_confirm(viewer)[:MOST_IN_A_GROUP]:
        kind = taxonomy.group(refusal.category).label
        yield Task(
            Urgency.NOW,
            _("Confirm or send back a refusal of %(supplier)s", supplier=refusal.supplier),
            f"/vetting/refusals/{refusal.id}",
            _("It is about %(kinds)s.", kinds=kind),
            _("Proposed %(date)s", date=format_date(refusal.since)),
            button=_("Read the proposal"),
        )
    for appeal in suppliers.appeals_to_judge(viewer)[:MOST_IN_A_GROUP]:
        kind = taxonomy.group(appeal.category).label
        yield Task(
            Urgency.NOW,
            _("Judge the appeal from %(supplier)s", supplier=appeal.supplier),
            f"/vetting/appeals/{appeal.id}",
            _("It is about %(kinds)s.", kinds=kind),
            _("Appealed %(date)s", date=format_date(appeal.since)),
            button=_("Read the appeal"),
        )


def _applications(garden_id: int) -> Iterator[Task]:
    query = (
        select(Supplier.name, func.min(Vetting.submitted_at), func.min(Vetting.id), func.count())
        .join(Vetting, Vetting.supplier_id == Supplier.id)
        .where(
            Vetting.garden_id == garden_id,
            Vetting.state == "submitted",
            Vetting.id.not_in(suppliers.waiting_for_a_second()),
        )
        .group_by(Supplier.id, Supplier.name)
        .order_by(func.min(Vetting.submitted_at))
    )
    rows = session.execute(query).all()
    for name, submitted_at, vetting_id, kinds in rows[:MOST_IN_A_GROUP]:
        waited = clock.working_days_between(clock.to_local(submitted_at).date(), clock.today())
        late = waited >= PROMISED_WORKING_DAYS - 1
        rest = ngettext(
            "The application has waited %(num)s working day.",
            "The application has waited %(num)s working days.",
            waited,
        )
        if kinds > 1:
            rest += " " + ngettext(
                "It is for %(num)s kind of service.", "It is for %(num)s kinds of service.", kinds
            )
        yield Task(
            Urgency.NOW if late else Urgency.SOON,
            _("Answer %(supplier)s", supplier=name),
            f"/vetting/{vetting_id}",
            rest,
            _("You promise an answer within six working days.") if late else "",
            near=late,
            button=_("See the application") if late else "",
        )
    if len(rows) > MOST_IN_A_GROUP:
        more = len(rows) - MOST_IN_A_GROUP
        yield Task(
            Urgency.SOON,
            ngettext("See %(num)s more application", "See %(num)s more applications", more),
            "/vetting",
        )


def _quiet_briefs(garden_id: int) -> Iterator[Task]:
    """Open briefs that end within a week and where too few are asked."""
    now = clock.now()
    asked = select(Invitation.brief_id, func.count().label("asked")).group_by(Invitation.brief_id).subquery()
    query = (
        select(Brief, func.coalesce(asked.c.asked, 0))
        .join(Brief.company)
        .outerjoin(asked, asked.c.brief_id == Brief.id)
        .options(joinedload(Brief.company))
        .where(
            Company.garden_id == garden_id,
            Brief.state == "published",
            Brief.deadline > now,
            Brief.deadline <= now + dt.timedelta(days=7),
            func.coalesce(asked.c.asked, 0) < 3,  # noqa: PLR2004 because three good answers make a choice
        )
        .order_by(Brief.deadline)
        .limit(MOST_IN_A_GROUP)
    )
    for brief, number in session.execute(query):
        yield Task(
            Urgency.SOON,
            _("Call %(company)s", company=brief.company.name),
            f"/briefs/{brief.reference}",
            ngettext(
                "Only %(num)s supplier is asked, and the time is short.",
                "Only %(num)s suppliers are asked, and the time is short.",
                number,
            ),
            _("Deadline %(date)s", date=format_date(brief.deadline)),
        )


def _renewals(garden_id: int) -> Iterator[Task]:
    limit = clock.now() - dt.timedelta(days=RENEWAL_DAYS - 30)
    query = (
        select(Vetting)
        .options(joinedload(Vetting.supplier))
        .where(Vetting.garden_id == garden_id, Vetting.state == "approved", Vetting.approved_at < limit)
        .order_by(Vetting.approved_at)
        .limit(MOST_IN_A_GROUP)
    )
    for vetting in session.scalars(query):
        due = (vetting.approved_at or clock.now()) + dt.timedelta(days=RENEWAL_DAYS)
        yield Task(
            Urgency.LATER,
            _("Renew the approval of %(supplier)s", supplier=vetting.supplier.name),
            f"/vetting/{vetting.id}",
            _("It is about %(kinds)s.", kinds=taxonomy.group(vetting.category).label),
            _("A year old %(date)s", date=format_date(due)),
        )


def _facts(garden_id: int) -> list[Fact]:
    companies = (
        session.scalar(select(func.count()).select_from(Company).where(Company.garden_id == garden_id)) or 0
    )
    open_briefs = (
        session.scalar(
            select(func.count())
            .select_from(Brief)
            .join(Brief.company)
            .where(Company.garden_id == garden_id, Brief.state == "published", Brief.deadline > clock.now())
        )
        or 0
    )
    approved = (
        session.scalar(
            select(func.count(func.distinct(Vetting.supplier_id))).where(
                Vetting.garden_id == garden_id, Vetting.state == "approved"
            )
        )
        or 0
    )
    return [
        Fact(_("Companies"), str(companies)),
        Fact(_("Open briefs"), str(open_briefs)),
        Fact(_("Approved suppliers"), str(approved)),
    ]
