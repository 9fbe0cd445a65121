"""Home page of a company."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Date, Integer, Row, bindparam, func, select

from marketplace.briefs import deadlines, lifecycle
from marketplace.briefs.invitation_step import InvitationStep, step_of_open_brief, step_of_waiting_brief
from marketplace.briefs.lifecycle import PHASE_LABELS, Phase
from marketplace.briefs.models import Brief, BriefReview, BriefVersion, ClarificationQuestion
from marketplace.core import clock
from marketplace.core.database import prepared, session
from marketplace.core.i18n import format_date, format_datetime, gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.mandates.hooks import find_act
from marketplace.mandates.queries.confirmations import title_of, waiting_confirmations
from marketplace.organisations.models import Company, Organisation
from marketplace.pages.dashboard import Dashboard, Fact, Priority, Task
from marketplace.pages.queries.tasks import company_course_tasks, company_measuring_tasks, company_plan_tasks
from marketplace.proposals.models.offers import Award, Proposal
from marketplace.proposals.models.outcomes import Outcome
from marketplace.proposals.queries import overdue_since
from marketplace.sourcing.models import Invitation
from marketplace.strategy.assessment_scores import Stage
from marketplace.strategy.queries.assessment import assessment_task

_CLOSED = ("deleted", "withdrawn", "no_award", "lapsed", "terminated")
_OPENED = frozenset({Phase.EVALUATING, Phase.AWARDED, Phase.DELIVERED})
NEAR_DAYS = 3

_WHOSE = bindparam("company_id", type_=Integer())
_BRIEF_IDS: Any = bindparam("brief_ids", expanding=True)
_LAST_REVIEW = (
    select(BriefReview.id)
    .where(BriefReview.brief_id == Brief.id)
    .order_by(BriefReview.asked_at.desc(), BriefReview.id.desc())
    .limit(1)
    .correlate(Brief)
    .scalar_subquery()
)
_BRIEFS = prepared(
    select(
        Brief.id,
        Brief.reference,
        Brief.title,
        Brief.state,
        Brief.revision,
        Brief.deadline,
        Brief.opened_early_at,
        Brief.created_at,
        Brief.updated_at,
        select(func.count())
        .where(Invitation.brief_id == Brief.id)
        .correlate(Brief)
        .scalar_subquery()
        .label("invited"),
        select(func.count())
        .where(ClarificationQuestion.brief_id == Brief.id, ClarificationQuestion.state == "asked")
        .correlate(Brief)
        .scalar_subquery()
        .label("asked"),
        BriefReview.revision.label("reviewed_revision"),
        BriefReview.answered_at,
        BriefReview.opens_at,
        BriefReview.chosen_suppliers,
        Brief.company_id,
        select(BriefVersion.id)
        .where(BriefVersion.brief_id == Brief.id)
        .correlate(Brief)
        .exists()
        .label("was_open"),
    )
    .outerjoin(BriefReview, BriefReview.id == _LAST_REVIEW)
    .where(Brief.company_id == _WHOSE, Brief.state.not_in(_CLOSED))
    .order_by(Brief.deadline.is_(None), Brief.deadline, Brief.updated_at.desc(), Brief.id)
)
_OFFERS = prepared(
    select(Proposal.brief_id, func.count())
    .where(Proposal.brief_id.in_(_BRIEF_IDS), Proposal.state.in_(("submitted", "shortlisted")))
    .group_by(Proposal.brief_id)
)
_AT_WORK = prepared(
    select(
        Award.awarded_at,
        Award.proposal_id,
        Brief.title,
        Brief.reference,
        Organisation.name.label("supplier"),
    )
    .join(Brief, Award.brief_id == Brief.id)
    .join(Proposal, Award.proposal_id == Proposal.id)
    .join(Organisation, Proposal.supplier_id == Organisation.id)
    .where(Award.brief_id.in_(_BRIEF_IDS))
    .order_by(Award.awarded_at, Award.id)
)
_DUE_OUTCOMES = prepared(
    select(Outcome.round, Brief.title, Brief.reference)
    .join(Brief, Outcome.brief_id == Brief.id)
    .where(
        Brief.company_id == _WHOSE,
        Outcome.answered_at.is_(None),
        Outcome.due_on <= bindparam("today", type_=Date()),
    )
    .order_by(Outcome.due_on, Outcome.id)
)
"""Load only the columns that the page shows: full briefs with all answers take four times as long.

Offers are counted only for briefs whose offers have been opened.
"""


def _shown(title: str) -> str:
    return title or _("Brief without a title")


def days_left(moment: dt.datetime) -> str:
    """Return the time left until a deadline, in words."""
    days = (clock.to_local(moment).date() - clock.today()).days
    if days <= 0:
        return _("closes today")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def company_dashboard(viewer: Viewer) -> Dashboard:
    """Return the tasks of the viewer's company, most urgent first."""
    whose = {"company_id": viewer.organisation_id}
    briefs = session.execute(_BRIEFS, whose).all()
    now = clock.now()
    phases = {b.id: lifecycle.phase(b.state, b.deadline, b.opened_early_at, now) for b in briefs}
    opened = [number for number, phase in phases.items() if phase in _OPENED]
    offers: dict[int, int] = dict(session.execute(_OFFERS, {"brief_ids": opened}).all()) if opened else {}
    tasks: list[Task] = []
    for brief in briefs:
        tasks += _brief_tasks(brief, phases[brief.id], offers.get(brief.id, 0))
    tasks += _delivery_tasks([brief.id for brief in briefs if brief.state == "awarded"])
    tasks += _outcome_tasks(viewer)
    if viewer.is_owner:
        tasks += _confirmation_tasks(viewer)
    tasks += company_course_tasks(viewer.organisation_id or 0)
    tasks += company_measuring_tasks(viewer.organisation_id or 0)
    tasks += company_plan_tasks(viewer.organisation_id or 0)
    tasks += _assessment_tasks(viewer.organisation_id or 0)
    return Dashboard(sorted(tasks, key=lambda task: (task.priority, not task.is_imminent)), _facts(phases))


def _confirmation_tasks(viewer: Viewer) -> Iterator[Task]:
    """Yield the acts that an adviser has prepared and an owner must confirm."""
    for confirmation in waiting_confirmations(viewer.organisation_id):
        act = find_act(confirmation.act)
        yield Task(
            Priority.NOW,
            _("Confirm: %(act)s, “%(title)s”", act=act.name, title=title_of(viewer, confirmation)),
            f"/organisation/confirmations/{confirmation.id}",
            _("Your business garden has prepared it. Nothing happens until you confirm."),
            button=_("See it"),
        )


def _brief_tasks(brief: Row[Any], current: Phase, offers: int) -> Iterator[Task]:
    title, reference = _shown(brief.title), brief.reference
    if brief.asked:
        yield Task(
            Priority.NOW,
            ngettext(
                "Answer %(num)s question about “%(title)s”",
                "Answer %(num)s questions about “%(title)s”",
                brief.asked,
                title=title,
            ),
            f"/briefs/{reference}#questions",
            _("Everyone who can see the brief gets the same answer."),
            button=_("Answer"),
        )
    if current is Phase.EVALUATING:
        yield _evaluating(brief, title, offers)
    elif current is Phase.OPEN and brief.deadline:
        when = f"{days_left(brief.deadline)} · {format_datetime(brief.deadline)}"
        step = step_of_open_brief(reference, is_chosen=brief.invited > 0)
        if step.is_due:
            yield _invitation_task(title, step, _("No suppliers have been invited yet."), when)
        else:
            rest = ngettext(
                "%(num)s supplier has been invited.", "%(num)s suppliers have been invited.", brief.invited
            )
            rest += " " + _("Offers are sealed until the deadline.")
            link = _("Waiting for offers on “%(title)s”", title=title)
            yield Task(Priority.SOON, link, f"/briefs/{reference}", rest, when)
    elif current is Phase.IN_REVIEW:
        yield Task(
            Priority.SOON,
            _("Your adviser is reading “%(title)s”", title=title),
            f"/briefs/{reference}",
            _("You will get an answer within %(days)s working days.", days=deadlines.REVIEW_WORKING_DAYS),
        )
    elif current is Phase.WAITING:
        yield _waiting(brief, title)
    elif current is Phase.DRAFT:
        yield _draft(brief, title)


def _invitation_task(title: str, step: InvitationStep, rest: str, when: str) -> Task:
    link = _("Invite suppliers to “%(title)s”", title=title)
    return Task(Priority.NOW, link, step.path, rest, when, button=step.label)


def _waiting(brief: Row[Any], title: str) -> Task:
    rest = (
        _("Your business garden checks it first.")
        if session.get_one(Company, brief.company_id).following_gardens
        else _("No business garden covers your municipality yet, so nobody has checked your company.")
    )
    when = _("Opens by itself %(time)s", time=format_datetime(brief.opens_at)) if brief.opens_at else ""
    step = step_of_waiting_brief(brief.reference, is_chosen=bool(brief.chosen_suppliers))
    if step.is_due and not brief.was_open:
        sent = _("The invitations are sent when the brief opens.")
        return _invitation_task(title, step, f"{rest} {sent}", when)
    link = _("“%(title)s” is waiting to open", title=title)
    return Task(Priority.SOON, link, f"/briefs/{brief.reference}", rest, when)


def _evaluating(brief: Row[Any], title: str, offers: int) -> Task:
    when = _(
        "The deadline was %(date)s",
        date=format_date(brief.opened_early_at or brief.deadline or brief.created_at),
    )
    if offers == 0:
        rest = _("Nobody answered. Allow more time, invite other suppliers, or end the brief.")
        return Task(
            Priority.NOW,
            _("Choose what to do with “%(title)s”", title=title),
            f"/briefs/{brief.reference}/proposals",
            rest,
            when,
            is_imminent=True,
        )
    link = ngettext(
        "Read %(num)s offer for “%(title)s”", "Compare %(num)s offers for “%(title)s”", offers, title=title
    )
    rest = _("The suppliers are waiting for an answer.")
    return Task(Priority.NOW, link, f"/briefs/{brief.reference}/proposals", rest, when, button=_("Compare"))


def _draft(brief: Row[Any], title: str) -> Task:
    when = _("Last changed %(date)s", date=format_date(brief.updated_at))
    if brief.answered_at and brief.reviewed_revision == brief.revision:
        link = _("Read what your adviser says about “%(title)s”", title=title)
        return Task(Priority.NOW, link, f"/briefs/{brief.reference}/check", "", when, button=_("Read"))
    return Task(
        Priority.LATER,
        _("Continue with “%(title)s”", title=title),
        f"/briefs/{brief.reference}/guide",
        "",
        when,
    )


def _delivery_tasks(ids: list[int]) -> Iterator[Task]:
    jobs = session.execute(_AT_WORK, {"brief_ids": ids}).all() if ids else ()
    overdue = overdue_since([job.proposal_id for job in jobs])
    for job in jobs:
        if job.proposal_id in overdue:
            yield Task(
                Priority.NOW,
                _("“%(title)s” should have been delivered", title=_shown(job.title)),
                f"/briefs/{job.reference}/job",
                _("Confirm the delivery, or agree on a new date with %(supplier)s.", supplier=job.supplier),
                _("Agreed date: %(date)s", date=format_date(overdue[job.proposal_id])),
            )
            continue
        yield Task(
            Priority.LATER,
            _("Confirm when “%(title)s” has been delivered", title=_shown(job.title)),
            f"/briefs/{job.reference}",
            _("%(supplier)s is working on the job.", supplier=job.supplier),
            _("Chosen %(date)s", date=format_date(job.awarded_at)),
        )


def _outcome_tasks(viewer: Viewer) -> Iterator[Task]:
    asked = {"company_id": viewer.organisation_id, "today": clock.today()}
    for outcome in session.execute(_DUE_OUTCOMES, asked):
        yield Task(
            Priority.SOON,
            _("Say whether “%(title)s” worked", title=_shown(outcome.title)),
            f"/briefs/{outcome.reference}/outcome/{outcome.round}",
            _("It takes two minutes."),
        )


def _assessment_tasks(company_id: int) -> Iterator[Task]:
    task = assessment_task(company_id)
    if task is None:
        return
    rest = _("It takes about 6 minutes.")
    if task.is_begun:
        yield Task(Priority.SOON, _("Continue the self-assessment"), "/plan/assessment")
    elif task.stage is Stage.START:
        yield Task(Priority.LATER, _("Take the self-assessment"), "/plan/assessment", rest)
    else:
        yield Task(
            Priority.SOON,
            _("Take the self-assessment again, and see what has changed"),
            "/plan/assessment",
            rest,
        )


def _facts(phases: dict[int, Phase]) -> list[Fact]:
    values = list(phases.values())
    waiting = values.count(Phase.WAITING)
    return [
        Fact(_("Drafts"), str(sum(values.count(phase) for phase in (Phase.DRAFT, Phase.IN_REVIEW)))),
        *([Fact(str(PHASE_LABELS[Phase.WAITING]), str(waiting))] if waiting else []),
        Fact(_("Open for offers"), str(values.count(Phase.OPEN))),
        Fact(_("Being evaluated"), str(values.count(Phase.EVALUATING))),
        Fact(_("Jobs in progress"), str(values.count(Phase.AWARDED))),
    ]
