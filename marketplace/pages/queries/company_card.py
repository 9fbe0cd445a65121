"""The page of a company for a business garden that follows it: next steps, people, briefs and results."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief, BriefReview, ClarificationQuestion
from marketplace.briefs.queries.briefs import BriefSummary, phase_of, viewer_kind, visible_to_parameter
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.hooks import build_panels
from marketplace.core.i18n import format_date, format_datetime, gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.organisations.hooks import CompanyPanel, company_panels
from marketplace.organisations.models import Company, CompanyFollower, Membership
from marketplace.pages.dashboard import Priority, Task
from marketplace.pages.queries.home_company import days_left
from marketplace.proposals import queries as proposals
from marketplace.proposals.queries import BriefResult
from marketplace.sourcing.models import Invitation

MAX_BRIEFS = 20
_SHOWN_COLUMNS = (
    Brief.id,
    Brief.reference,
    Brief.company_id,
    Brief.state,
    Brief.title,
    Brief.updated_at,
    Brief.deadline,
    Brief.opened_early_at,
    Brief.closed_at,
)
"""Columns of the briefs that the page shows. Rows of them stand for briefs: objects take four times as long to load."""
INVITED_THRESHOLD = 3
"""Below this number of invited suppliers, the garden helps the company invite more: three good answers make a choice."""


@dataclass(frozen=True, slots=True)
class CardBrief:
    """A brief with what its garden may know about it: counts, the choice and, if shared, whether the goal was met.

    `review_asked_at` and `opens_at` are those of the review that waits for the garden, or None.
    """

    view: BriefSummary
    invited: int
    asked: int
    review_asked_at: dt.datetime | None
    opens_at: dt.datetime | None
    result: BriefResult


@dataclass(frozen=True, slots=True)
class CompanyCard:
    """Contents of the page. `has_more` is True if older briefs are left out."""

    company: Company
    tasks: Sequence[Task]
    people: Sequence[Membership]
    followers: Sequence[CompanyFollower]
    briefs: Sequence[CardBrief]
    has_more: bool
    panels: Sequence[CompanyPanel]

    @property
    def contact(self) -> Membership | None:
        """The first owner, whom the garden calls."""
        owners = (member for member in self.people if member.role == "owner")
        return min(owners, key=lambda member: (member.created_at, member.id), default=None)


def company_card(viewer: Viewer, company_id: int) -> CompanyCard:
    """Return the page of a company. Raises NotFound unless the viewer's garden follows it."""
    company = organisations.company_for(viewer, company_id, with_members=True)
    found = card_briefs(viewer, [company.id], limit=MAX_BRIEFS + 1)
    briefs, panels = found[:MAX_BRIEFS], build_panels(company_panels, viewer, company.id)
    tasks = [*company_tasks(company, briefs), *_panel_tasks(panels)]
    for brief in briefs:
        tasks += brief_tasks(brief)
    people = [member for member in company.memberships if member.user.is_active]
    return CompanyCard(
        company,
        sorted(tasks, key=lambda task: (task.priority, not task.is_imminent)),
        sorted(people, key=lambda member: (member.role != "owner", sort_key(member.user.name), member.id)),
        organisations.followers_of(company),
        briefs,
        len(found) > MAX_BRIEFS,
        panels,
    )


@cache
def _card_briefs_query(kind: Viewer, limit: int | None, *, of_companies: bool) -> Select[Any]:
    """Build the query for the briefs that a kind of viewer may see, with the reviews that wait for an answer."""
    invited = select(func.count()).where(Invitation.brief_id == Brief.id).correlate(Brief).scalar_subquery()
    asked = (
        select(func.count())
        .where(ClarificationQuestion.brief_id == Brief.id, ClarificationQuestion.state == "asked")
        .correlate(Brief)
        .scalar_subquery()
    )
    query = (
        select(
            *_SHOWN_COLUMNS,
            invited.label("invited"),
            asked.label("asked"),
            _of_open_review(BriefReview.asked_at).label("review_asked_at"),
            _of_open_review(BriefReview.opens_at).label("opens_at"),
        )
        .where(visible_to_parameter(kind))
        .order_by(Brief.updated_at.desc(), Brief.id.desc())
        .limit(limit)
    )
    if of_companies:
        query = query.where(Brief.company_id.in_(bindparam("company_ids", expanding=True)))
    return query


def card_briefs(
    viewer: Viewer, company_ids: Collection[int] | None = None, *, limit: int | None = None
) -> list[CardBrief]:
    """Return the briefs that the garden may see, of the given companies or of all, newest first."""
    query = _card_briefs_query(viewer_kind(viewer), limit, of_companies=company_ids is not None)
    params = {"organisation_id": viewer.organisation_id}
    rows: Sequence[Any] = session.execute(
        query, params if company_ids is None else {**params, "company_ids": company_ids}
    ).all()
    results = proposals.brief_results(rows)
    return [
        CardBrief(
            BriefSummary(row, "garden", phase_of(row)),
            row.invited,
            row.asked,
            row.review_asked_at,
            row.opens_at,
            results[row.id],
        )
        for row in rows
    ]


def _of_open_review(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """Build the subquery for a value of the newest review of a brief that is neither answered nor withdrawn."""
    return (
        select(column)
        .where(
            BriefReview.brief_id == Brief.id,
            BriefReview.answered_at.is_(None),
            BriefReview.withdrawn_at.is_(None),
        )
        .order_by(BriefReview.id.desc())
        .limit(1)
        .correlate(Brief)
        .scalar_subquery()
    )


def company_tasks(company: Company, briefs: Sequence[CardBrief]) -> Iterator[Task]:
    """Yield what a garden must do next with a company that it does not know, or that has no brief."""
    waits = any(brief.view.phase is Phase.WAITING for brief in briefs)
    if company.known_at is None and not waits:
        yield Task(
            Priority.SOON,
            _("Confirm that you know the company"),
            f"/companies/{company.id}#known",
            _("Until then, its first brief waits for you to read it, normally for one working day."),
        )
    if not briefs:
        yield Task(
            Priority.LATER,
            _("Help them with a first brief"),
            f"/companies/{company.id}#people",
            _("They have not sent one yet. A call is often enough to begin."),
        )


def _panel_tasks(panels: Sequence[CompanyPanel]) -> Iterator[Task]:
    for panel in panels:
        for step in panel.steps:
            priority = Priority.NOW if step.is_urgent else Priority.SOON
            yield Task(priority, step.link, step.url, step.rest, step.when)


def brief_tasks(card: CardBrief) -> Iterator[Task]:
    """Yield what the garden or the company must do next with a brief."""
    brief, title, result = card.view.brief, card.view.title, card.result
    url = f"/briefs/{brief.reference}"
    match card.view.phase:
        case Phase.IN_REVIEW:
            when = _("Asked %(date)s", date=format_date(card.review_asked_at)) if card.review_asked_at else ""
            button = _("Read the brief")
            yield Task(
                Priority.NOW, _("Read the draft of “%(title)s”", title=title), url, "", when, button=button
            )
        case Phase.WAITING:
            opens = card.opens_at
            yield Task(
                Priority.NOW,
                _("Check “%(title)s”", title=title),
                f"{url}/first-publication",
                _("Suppliers cannot see it yet."),
                _("Opens by itself %(time)s", time=format_datetime(opens)) if opens else "",
                is_imminent=True,
                button=_("Check the brief"),
            )
        case Phase.OPEN:
            yield from _open_brief_tasks(card, url)
        case Phase.EVALUATING | Phase.LAPSED if result.offers == 0:
            link = _("Help them continue with “%(title)s”", title=title)
            yield Task(
                Priority.NOW, link, url, _("Nobody answered. They can allow more time or invite others.")
            )
        case Phase.EVALUATING | Phase.LAPSED:
            link = _("Ask how the choice is going for “%(title)s”", title=title)
            rest = ngettext(
                "%(num)s offer waits for an answer.", "%(num)s offers wait for an answer.", result.offers or 0
            )
            yield Task(Priority.SOON, link, url, rest, _deadline(brief))
        case Phase.AWARDED:
            link = _("Ask how the work on “%(title)s” is going", title=title)
            rest = (
                _("%(supplier)s is working on the job.", supplier=result.supplier) if result.supplier else ""
            )
            yield Task(Priority.LATER, link, url, rest)
        case Phase.DELIVERED if result.is_result_due:
            link = _("Remind them of the questions about “%(title)s”", title=title)
            yield Task(Priority.SOON, link, url, _("They have not said whether it worked."))
        case _:
            pass


def _open_brief_tasks(card: CardBrief, url: str) -> Iterator[Task]:
    title, deadline = card.view.title, card.view.brief.deadline
    when = f"{days_left(deadline)} · {format_datetime(deadline)}" if deadline else ""
    if card.asked:
        link = ngettext(
            "Remind them of %(num)s question about “%(title)s”",
            "Remind them of %(num)s questions about “%(title)s”",
            card.asked,
            title=title,
        )
        yield Task(Priority.NOW, link, f"{url}#questions", _("Suppliers wait for the answer."), when)
    if card.invited < INVITED_THRESHOLD:
        link = _("Help them invite suppliers to “%(title)s”", title=title)
        rest = ngettext(
            "%(num)s supplier has been invited.", "%(num)s suppliers have been invited.", card.invited
        )
        yield Task(Priority.SOON, link, f"{url}/ranking", rest, when)


def _deadline(brief: Brief) -> str:
    moment = brief.opened_early_at or brief.deadline
    return _("The deadline was %(date)s", date=format_date(moment)) if moment else ""
