"""Home page of a business garden."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Integer, and_, bindparam, func, or_, select

from marketplace.briefs.models import Brief, BriefReview
from marketplace.briefs.review_reasons import reasons_text
from marketplace.core import clock, taxonomy
from marketplace.core.database import prepared, session
from marketplace.core.dates import cutoff_reached, local_date_after
from marketplace.core.i18n import format_date, format_datetime, gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company, Organisation
from marketplace.organisations.queries import companies_followed_by
from marketplace.pages.dashboard import MAX_TASKS_PER_GROUP, Dashboard, Fact, Priority, Task
from marketplace.pages.queries.company_card import INVITED_THRESHOLD
from marketplace.pages.queries.tasks import garden_casework_tasks, garden_course_tasks, garden_strategy_tasks
from marketplace.sourcing.models import Invitation
from marketplace.vetting import queries as vetting, rules
from marketplace.vetting.models import Vetting

# Load only the columns shown: full briefs, companies and suppliers took as long as the rest of the page.
_BRIEF, _COMPANY, _VETTING = Brief.__table__, Company.__table__, Vetting.__table__
_ORGANISATION, _REVIEW = Organisation.__table__, BriefReview.__table__
_GARDEN_ID = bindparam("garden_id", type_=Integer)
_INVITED = (
    select(func.count())
    .where(Invitation.__table__.c.brief_id == _BRIEF.c.id)
    .correlate(_BRIEF)
    .scalar_subquery()
)
_IS_OPEN = and_(_BRIEF.c.state == "published", _BRIEF.c.deadline > bindparam("now"))
_IS_QUIET = and_(
    _IS_OPEN,
    _BRIEF.c.deadline <= bindparam("soon"),
    _INVITED < INVITED_THRESHOLD,
)
_BRIEFS = prepared(
    select(
        _COMPANY.c.id,
        _ORGANISATION.c.name.label("company"),
        _BRIEF.c.reference,
        _BRIEF.c.state,
        _BRIEF.c.deadline,
        _REVIEW.c.asked_at,
        _REVIEW.c.opens_at,
        _REVIEW.c.reasons,
        _COMPANY.c.known_at,
        _INVITED.label("invited"),
        _IS_QUIET.label("is_quiet"),
    )
    .select_from(
        _BRIEF.join(_COMPANY, _COMPANY.c.id == _BRIEF.c.company_id)
        .join(_ORGANISATION, _ORGANISATION.c.id == _COMPANY.c.id)
        .outerjoin(
            _REVIEW,
            and_(
                _REVIEW.c.brief_id == _BRIEF.c.id,
                _REVIEW.c.answered_at.is_(None),
                _REVIEW.c.withdrawn_at.is_(None),
            ),
        )
    )
    .where(
        _COMPANY.c.id.in_(companies_followed_by(_GARDEN_ID)),
        or_(
            and_(_BRIEF.c.state.in_(("in_review", "waiting")), _REVIEW.c.id.is_not(None)),
            and_(_IS_OPEN, _COMPANY.c.known_at.is_(None)),
            _IS_QUIET,
        ),
    )
    .order_by(_BRIEF.c.state.desc(), _REVIEW.c.asked_at, _BRIEF.c.deadline, _BRIEF.c.id)
)
"""The briefs that wait for the garden, those of companies that it does not know, and those that few are invited to."""
_APPLICATIONS = prepared(
    select(
        _ORGANISATION.c.name,
        func.min(_VETTING.c.submitted_at),
        func.min(_VETTING.c.id),
        func.count(),
        func.count().over(),
    )
    .join(_VETTING, _VETTING.c.supplier_id == _ORGANISATION.c.id)
    .where(
        _VETTING.c.garden_id == _GARDEN_ID,
        _VETTING.c.state == "submitted",
        _VETTING.c.id.not_in(vetting.vettings_awaiting_second_review()),
    )
    .group_by(_ORGANISATION.c.id, _ORGANISATION.c.name)
    .order_by(func.min(_VETTING.c.submitted_at), _ORGANISATION.c.id)
    .limit(MAX_TASKS_PER_GROUP)
)
_RENEWALS = prepared(
    select(_VETTING.c.id, _VETTING.c.category, _VETTING.c.approved_at, _ORGANISATION.c.name)
    .join(_ORGANISATION, _ORGANISATION.c.id == _VETTING.c.supplier_id)
    .where(
        _VETTING.c.garden_id == _GARDEN_ID,
        _VETTING.c.state == "approved",
        _VETTING.c.approved_at < bindparam("old"),
    )
    .order_by(_VETTING.c.approved_at, _VETTING.c.id)
    .limit(MAX_TASKS_PER_GROUP)
)
_COUNTED = prepared(
    select(
        select(func.count())
        .select_from(_COMPANY)
        .where(_COMPANY.c.id.in_(companies_followed_by(_GARDEN_ID)))
        .scalar_subquery(),
        select(func.count())
        .select_from(_BRIEF.join(_COMPANY, _COMPANY.c.id == _BRIEF.c.company_id))
        .where(
            _COMPANY.c.id.in_(companies_followed_by(_GARDEN_ID)),
            _IS_OPEN,
        )
        .scalar_subquery(),
        select(func.count(func.distinct(_VETTING.c.supplier_id)))
        .where(_VETTING.c.garden_id == _GARDEN_ID, _VETTING.c.state == "approved")
        .scalar_subquery(),
    )
)


def garden_dashboard(viewer: Viewer) -> Dashboard:
    """Return the tasks of the viewer's garden, most urgent first."""
    garden_id, briefs = viewer.organisation_id or 0, _briefs(viewer)
    tasks = [
        *garden_course_tasks(viewer),
        *_reviews(briefs),
        *garden_strategy_tasks(garden_id),
        *garden_casework_tasks(viewer),
        *_second_review_tasks(viewer),
        *_applications(garden_id),
        *_quiet_briefs(briefs),
        *_renewals(garden_id),
    ]
    companies, open_briefs, approved = session.execute(
        _COUNTED, {"garden_id": garden_id, "now": clock.now()}
    ).one()
    facts = [
        Fact(_("Companies"), str(companies)),
        Fact(_("Open briefs"), str(open_briefs)),
        Fact(_("Approved suppliers"), str(approved)),
    ]
    if not tasks:
        tasks = [*_first_steps(companies, approved)]
    return Dashboard(sorted(tasks, key=lambda task: (task.priority, not task.is_imminent)), facts)


def _first_steps(companies: int, approved: int) -> Iterator[Task]:
    """Yield what a garden without companies or suppliers begins with."""
    if not approved:
        yield Task(
            Priority.LATER,
            _("Ask suppliers that you know to apply"),
            "/garden/suppliers",
            _("You have approved no supplier yet."),
        )
    if not companies:
        yield Task(
            Priority.LATER,
            _("Ask companies that you know to register"),
            "/companies",
            _("No company in your area has registered yet."),
        )


def _briefs(viewer: Viewer) -> Sequence[Any]:
    now = clock.now()
    soon = clock.end_of_day(local_date_after(now, days=7))
    return session.execute(_BRIEFS, {"garden_id": viewer.organisation_id, "now": now, "soon": soon}).all()


def _reviews(briefs: Sequence[Any]) -> Iterator[Task]:
    """Yield the briefs to read or check, and those that opened before the garden said whether it knows the company."""
    for brief in briefs:
        if brief.state == "waiting":
            yield Task(
                Priority.NOW,
                _("Check the brief from %(company)s", company=brief.company),
                f"/briefs/{brief.reference}/first-publication",
                _("You read it first, because %(reasons)s.", reasons=reasons_text(brief.reasons))
                if brief.known_at and brief.reasons
                else _("Suppliers cannot see it yet."),
                _("Opens by itself %(time)s", time=format_datetime(brief.opens_at))
                if brief.opens_at
                else _("Waits for your answer"),
                is_imminent=True,
                button=_("Check the brief"),
            )
        elif brief.state == "in_review":
            yield Task(
                Priority.NOW,
                _("Read the brief from %(company)s", company=brief.company),
                f"/briefs/{brief.reference}",
                _("They want your advice before they publish it."),
                _("Asked %(date)s", date=format_date(brief.asked_at)),
                button=_("Read the brief"),
            )
        elif not brief.known_at:
            yield Task(
                Priority.SOON,
                _("Say whether you know %(company)s", company=brief.company),
                f"/companies/{brief.id}",
                _("Its brief opened before anybody had checked the company, and suppliers are told so."),
            )


def _second_review_tasks(viewer: Viewer) -> Iterator[Task]:
    """Return refusals that the viewer can confirm, and appeals that the viewer can decide."""
    waiting = vetting.pending_reviews(viewer)
    for refusal in waiting.refusals[:MAX_TASKS_PER_GROUP]:
        kind = taxonomy.group(refusal.category).label
        yield Task(
            Priority.NOW,
            _("Confirm or send back a refusal of %(supplier)s", supplier=refusal.supplier),
            f"/vetting/refusals/{refusal.id}",
            _("It is about %(kinds)s.", kinds=kind),
            _("Proposed %(date)s", date=format_date(refusal.since)),
            button=_("Read the proposal"),
        )
    for appeal in waiting.appeals[:MAX_TASKS_PER_GROUP]:
        kind = taxonomy.group(appeal.category).label
        yield Task(
            Priority.NOW,
            _("Decide the appeal from %(supplier)s", supplier=appeal.supplier),
            f"/vetting/appeals/{appeal.id}",
            _("It is about %(kinds)s.", kinds=kind),
            _("Appealed %(date)s", date=format_date(appeal.since)),
            button=_("Read the appeal"),
        )


def _applications(garden_id: int) -> Iterator[Task]:
    rows = session.execute(_APPLICATIONS, {"garden_id": garden_id}).all()
    for name, submitted_at, vetting_id, kinds, _suppliers in rows:
        waited = clock.working_days_between(clock.to_local(submitted_at).date(), clock.today())
        late = waited >= rules.PROMISED_WORKING_DAYS - 1
        rest = (
            ngettext(
                "The application has been waiting for %(num)s working day.",
                "The application has been waiting for %(num)s working days.",
                waited,
            )
            if waited
            else _("The application is new.")
        )
        if kinds > 1:
            rest += " " + ngettext(
                "It covers %(num)s kind of service.", "It covers %(num)s kinds of service.", kinds
            )
        yield Task(
            Priority.NOW if late else Priority.SOON,
            _("Reply to %(supplier)s", supplier=name),
            f"/vetting/{vetting_id}",
            rest,
            ngettext(
                "You have committed to answering within %(num)s working day.",
                "You have committed to answering within %(num)s working days.",
                rules.PROMISED_WORKING_DAYS,
            )
            if late
            else "",
            is_imminent=late,
            button=_("See the application") if late else "",
        )
    more = rows[0][-1] - MAX_TASKS_PER_GROUP if rows else 0
    if more > 0:
        yield Task(
            Priority.SOON,
            ngettext("See %(num)s more application", "See %(num)s more applications", more),
            "/vetting",
        )


def _quiet_briefs(briefs: Sequence[Any]) -> Iterator[Task]:
    """Yield open briefs that close within a week with too few invited suppliers."""
    quiet = sorted((brief for brief in briefs if brief.is_quiet), key=lambda brief: brief.deadline)
    for brief in quiet[:MAX_TASKS_PER_GROUP]:
        yield Task(
            Priority.SOON,
            _("Call %(company)s", company=brief.company),
            f"/companies/{brief.id}",
            ngettext(
                "Only %(num)s supplier has been invited, and time is short.",
                "Only %(num)s suppliers have been invited, and time is short.",
                brief.invited,
            ),
            _("Deadline %(date)s", date=format_date(brief.deadline)),
        )


def _renewals(garden_id: int) -> Iterator[Task]:
    limit = cutoff_reached(months=rules.DUE_MONTHS - 1)
    rows = session.execute(_RENEWALS, {"garden_id": garden_id, "old": limit})
    for vetting_id, category, approved_at, supplier in rows:
        yield Task(
            Priority.LATER,
            _("Renew the approval of %(supplier)s", supplier=supplier),
            f"/vetting/{vetting_id}",
            _("It is about %(kinds)s.", kinds=taxonomy.group(category).label),
            _("One year old on %(date)s", date=format_date(rules.due_on(approved_at))),
        )
