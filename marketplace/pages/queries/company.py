"""What waits for a company."""

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from marketplace.briefs import lifecycle
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, ClarificationQuestion
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.i18n import format_date, format_datetime, ngettext
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.pages.desk import Desk, Fact, Task, Urgency
from marketplace.proposals.models import Award, Outcome, Proposal
from marketplace.sourcing.models import Invitation
from marketplace.suppliers.models import Supplier

_CLOSED = ("deleted", "withdrawn", "no_award", "lapsed", "terminated")
NEAR_DAYS = 3


def _title(brief: Brief) -> str:
    return brief.title or _("Brief without a title")


def days_left(moment: dt.datetime) -> str:
    """Return how long there is to a deadline, in words."""
    days = (clock.to_local(moment).date() - clock.today()).days
    if days <= 0:
        return _("ends today")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def company_desk(viewer: Viewer) -> Desk:
    """Return what waits for the viewer's company, in order of urgency."""
    query = (
        select(Brief)
        .where(Brief.company_id == viewer.organisation_id, Brief.state.not_in(_CLOSED))
        .options(selectinload(Brief.reviews))
        .order_by(Brief.deadline, Brief.updated_at.desc())
    )
    briefs = list(session.scalars(query))
    ids = [brief.id for brief in briefs]
    now = clock.now()
    phases = {b.id: lifecycle.phase(b.state, b.deadline, b.opened_early_at, now) for b in briefs}
    opened = [
        brief_id for brief_id in ids if phases[brief_id] in {Phase.EVALUATING, Phase.AWARDED, Phase.DELIVERED}
    ]
    invited = _count(Invitation.brief_id, Invitation.brief_id.in_(ids))
    offers = _count(
        Proposal.brief_id, Proposal.brief_id.in_(opened), Proposal.state.in_(("submitted", "shortlisted"))
    )
    asked = _count(
        ClarificationQuestion.brief_id,
        ClarificationQuestion.brief_id.in_(ids),
        ClarificationQuestion.state == "asked",
    )
    tasks: list[Task] = []
    for brief in briefs:
        current = phases[brief.id]
        tasks += _brief_tasks(
            brief, current, invited.get(brief.id, 0), offers.get(brief.id, 0), asked.get(brief.id, 0)
        )
    tasks += _delivery_tasks(briefs)
    tasks += _outcome_tasks(viewer)
    return Desk(sorted(tasks, key=lambda task: (task.urgency, not task.near)), _facts(phases))


def _count(column: object, *conditions: object) -> dict[int, int]:
    query = select(column, func.count()).where(*conditions).group_by(column)  # type: ignore[call-overload]  # because the column is any of the tables' own
    return {int(key): int(number) for key, number in session.execute(query)}


def _brief_tasks(brief: Brief, current: Phase, invited: int, offers: int, asked: int) -> Iterator[Task]:
    title, reference = _title(brief), brief.reference
    if asked:
        yield Task(
            Urgency.NOW,
            ngettext(
                "Answer %(num)s question about %(title)s",
                "Answer %(num)s questions about %(title)s",
                asked,
                title=title,
            ),
            f"/briefs/{reference}#questions",
            _("All who can see the brief get the same answer."),
            button=_("Answer"),
        )
    if current is Phase.EVALUATING:
        yield _evaluating(brief, title, offers)
    elif current is Phase.OPEN and brief.deadline:
        when = f"{days_left(brief.deadline)} · {format_datetime(brief.deadline)}"
        if invited == 0:
            rest = _("Nobody has been asked yet.")
            yield Task(
                Urgency.NOW,
                _("Invite suppliers to %(title)s", title=title),
                f"/briefs/{reference}/ranking",
                rest,
                when,
                button=_("Choose who to ask"),
            )
        else:
            rest = ngettext("%(num)s supplier is asked.", "%(num)s suppliers are asked.", invited)
            rest += " " + _("Offers are sealed until the deadline.")
            yield Task(
                Urgency.SOON,
                _("Wait for offers on %(title)s", title=title),
                f"/briefs/{reference}",
                rest,
                when,
            )
    elif current is Phase.IN_REVIEW:
        yield Task(
            Urgency.SOON,
            _("Your adviser is reading %(title)s", title=title),
            f"/briefs/{reference}",
            _("You get an answer within two working days."),
        )
    elif current is Phase.DRAFT:
        yield _draft(brief, title)


def _evaluating(brief: Brief, title: str, offers: int) -> Task:
    when = _(
        "The deadline was %(date)s",
        date=format_date(brief.opened_early_at or brief.deadline or brief.created_at),
    )
    if offers == 0:
        rest = _("Nobody answered. Give it more time, ask others, or close it.")
        return Task(
            Urgency.NOW,
            _("Choose what to do with %(title)s", title=title),
            f"/briefs/{brief.reference}/proposals",
            rest,
            when,
            near=True,
        )
    link = ngettext(
        "Read %(num)s offer on %(title)s", "Compare %(num)s offers on %(title)s", offers, title=title
    )
    rest = _("The suppliers are waiting for an answer.")
    return Task(Urgency.NOW, link, f"/briefs/{brief.reference}/proposals", rest, when, button=_("Compare"))


def _draft(brief: Brief, title: str) -> Task:
    last = brief.reviews[-1] if brief.reviews else None
    when = _("Last changed %(date)s", date=format_date(brief.updated_at))
    if last and last.answered_at and last.revision == brief.revision:
        link = _("Read what your adviser says about %(title)s", title=title)
        return Task(Urgency.NOW, link, f"/briefs/{brief.reference}/check", "", when, button=_("Read"))
    return Task(
        Urgency.LATER, _("Go on with %(title)s", title=title), f"/briefs/{brief.reference}/guide", "", when
    )


def _delivery_tasks(briefs: list[Brief]) -> Iterator[Task]:
    ids = [brief.id for brief in briefs if brief.state == "awarded"]
    query = (
        select(Award, Brief, Supplier.name)
        .join(Brief, Award.brief_id == Brief.id)
        .join(Proposal, Award.proposal_id == Proposal.id)
        .join(Supplier, Proposal.supplier_id == Supplier.id)
        .where(Award.brief_id.in_(ids))
    )
    for award, brief, supplier in session.execute(query):
        yield Task(
            Urgency.LATER,
            _("Say when %(title)s is delivered", title=_title(brief)),
            f"/briefs/{brief.reference}",
            _("%(supplier)s is doing the job.", supplier=supplier),
            _("Chosen %(date)s", date=format_date(award.awarded_at)),
        )


def _outcome_tasks(viewer: Viewer) -> Iterator[Task]:
    query = (
        select(Outcome, Brief)
        .join(Brief, Outcome.brief_id == Brief.id)
        .where(
            Brief.company_id == viewer.organisation_id,
            Outcome.answered_at.is_(None),
            Outcome.due_on <= clock.today(),
        )
        .order_by(Outcome.due_on)
    )
    for outcome, brief in session.execute(query):
        yield Task(
            Urgency.SOON,
            _("Tell whether %(title)s worked", title=_title(brief)),
            f"/briefs/{brief.reference}/outcome/{outcome.round}",
            _("It takes two minutes."),
        )


def _facts(phases: dict[int, Phase]) -> list[Fact]:
    values = list(phases.values())
    return [
        Fact(_("Drafts"), str(values.count(Phase.DRAFT) + values.count(Phase.IN_REVIEW))),
        Fact(_("Open for offers"), str(values.count(Phase.OPEN))),
        Fact(_("Being evaluated"), str(values.count(Phase.EVALUATING))),
        Fact(_("Jobs going on"), str(values.count(Phase.AWARDED))),
    ]
