"""Briefs as a viewer may see them. What an outsider asks for does not exist."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, select
from sqlalchemy.orm import defer, joinedload, selectinload

from marketplace.briefs import guide, hooks, lifecycle
from marketplace.briefs.guide import Guide, Row
from marketplace.briefs.lifecycle import Actor, Phase, State
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock
from marketplace.core.database import UtcDateTime, session
from marketplace.core.errors import NotFound
from marketplace.core.i18n import current_locale
from marketplace.core.i18n import gettext as _
from marketplace.core.pagination import Page, paginate
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries.statuses import LISTED_NOW

PAGE_SIZE = 20
UNPUBLISHED = (State.DRAFT, State.IN_REVIEW, State.DELETED)
NAME_SHOWN_TO_ALL = frozenset({Phase.AWARDED, Phase.DELIVERED})
REVEALING = frozenset({"links"})

MOST_WORDED = 300
_worded: "dict[tuple[object, ...], Worded]" = {}

Asker = int | BindParameter[int] | None
ASKER = bindparam("asker", type_=Integer())
NOW = bindparam("now", callable_=clock.now, type_=UtcDateTime())
"""The moment at which a statement is asked, so that it can be made once."""


def phase_of(brief: Brief) -> Phase:
    """Return what a brief is right now."""
    return lifecycle.phase(brief.state, brief.deadline, brief.opened_early_at, clock.now())


def shown_title(brief: Brief) -> str:
    """Return a brief's title, or what stands where it has none yet."""
    return brief.title or _("Brief without a title")


def actor_of(viewer: Viewer, brief: Brief) -> Actor | None:
    """Return in which role a viewer acts on a brief, or None."""
    if viewer.is_company and viewer.organisation_id == brief.company_id:
        return Actor.OWNER if viewer.is_owner else Actor.MEMBER
    if viewer.is_garden and viewer.organisation_id == brief.company.garden_id:
        return Actor.GARDEN
    return None


def draft_answers(brief: Brief) -> dict[str, Any]:
    """Return a draft's answers as they count today, presets included (see `guide.effective_answers`)."""
    company = guide.Company(brief.company.municipality_number)
    questions = guide.load(brief.guide_version)
    return guide.effective_answers(questions, brief.answers, brief.confirmed_topics, company, clock.today())


def current_version(brief: Brief) -> BriefVersion | None:
    """Return the version that suppliers answer, or None before publication."""
    return brief.versions[-1] if brief.versions else None


def current_answers(brief: Brief) -> dict[str, Any]:
    """Return the answers that count: of the published version, or of the draft."""
    version = current_version(brief)
    return dict(version.answers) if version else draft_answers(brief)


def written_answers(brief: Brief) -> dict[str, Any]:
    """Return what the company has written last: a draft's answers, or those of a change that is not sent yet."""
    if not brief.versions:
        return draft_answers(brief)
    return {**brief.versions[-1].answers, **brief.answers}


@dataclass(frozen=True)
class BriefSummary:
    """A brief as a line of a list tells of it. `reader` is company, garden, admin or supplier."""

    brief: Brief
    reader: str
    phase: Phase

    @property
    def title(self) -> str:
        """Return the title to show."""
        return shown_title(self.brief)

    @property
    def phase_label(self) -> str:
        """Return the phase in the reader's language."""
        return str(lifecycle.PHASE_LABELS[self.phase])


@dataclass(frozen=True, eq=False)
class Worded:
    """Answers to a guide put into words for one kind of reader in one language; `rows` hold what it may read."""

    guide: Guide
    answers: Mapping[str, Any]
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class BriefView(BriefSummary):
    """A brief as one reader sees it; `rows` hold what it may read."""

    guide: Guide
    answers: Mapping[str, Any]
    company: Company | None
    version: BriefVersion | None
    transitions: frozenset[str]

    @property
    def rows(self) -> Mapping[str, Row]:
        """Return what the reader may read, by question."""
        return self.worded.rows

    @cached_property
    def worded(self) -> Worded:
        """Return the answers in the reader's words, made when asked for."""
        return self.worded_of(self.answers)

    def worded_of(self, answers: Mapping[str, Any]) -> Worded:
        """Return other answers to the same guide, an earlier version's, in the reader's words.

        Put into words once for the same answers: a brief that is out is read again and again.
        """
        audience = "supplier" if self.reader == "supplier" else "company"
        key = (self.guide.version, audience, self.company is None, current_locale(), repr(answers))
        worded = _worded.get(key)
        if worded is None:
            if len(_worded) >= MOST_WORDED:
                _worded.clear()
            found = guide.document_rows(self.guide, answers, audience)
            hides = REVEALING if self.company is None else frozenset[str]()
            rows = {code: row for code, row in found.items() if code not in hides}
            worded = _worded[key] = Worded(self.guide, answers, rows)
        return worded

    @property
    def takes_questions(self) -> bool:
        """Say whether suppliers may still ask."""
        deadline = self.brief.question_deadline
        return self.phase is Phase.OPEN and deadline is not None and clock.now() <= deadline


def approved_categories(supplier_id: Asker) -> Select[str]:
    """Return the query for the kinds of service that a supplier is approved for."""
    return select(Vetting.category).where(Vetting.supplier_id == supplier_id, LISTED_NOW)


def is_open(now: dt.datetime | BindParameter[dt.datetime]) -> ColumnElement[bool]:
    """Return the condition that a brief is open at a moment."""
    early = Brief.opened_early_at.is_(None) | (Brief.opened_early_at > now)
    return and_(Brief.state == State.PUBLISHED, Brief.deadline >= now, early)


def _open_door_to(supplier_id: Asker) -> ColumnElement[bool]:
    in_trade = select(BriefService.brief_id).where(
        BriefService.category.in_(approved_categories(supplier_id))
    )
    return and_(is_open(NOW), Brief.open_door, Brief.id.in_(in_trade))


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a brief: the table in the threat model, as SQL.

    The company sees its own. Its garden sees what is published, and a draft only while the company has asked
    for a review. Suppliers see what they are tied to, and open briefs with an open door in a trade that they
    are approved for. Administrators see what is published. Nobody else sees anything.
    """
    return _visible(viewer, viewer.organisation_id)


def visible_to_asker(viewer: Viewer) -> ColumnElement[bool]:
    """Return the same condition for all of the viewer's kind: whose it is, is the parameter `asker` of the statement.

    For statements that are made once and kept by `kind_of`: making this condition costs as much as asking it.
    """
    return _visible(viewer, ASKER)


def kind_of(viewer: Viewer) -> Viewer:
    """Return what decides the form of a viewer's questions, without who it is."""
    return Viewer(is_admin=viewer.is_admin, organisation_kind=viewer.organisation_kind)


def _visible(viewer: Viewer, organisation_id: Asker) -> ColumnElement[bool]:
    published = Brief.state.not_in(UNPUBLISHED)
    if viewer.is_company:
        return and_(Brief.company_id == organisation_id, Brief.state != State.DELETED)
    if viewer.is_garden:
        own = select(Company.id).where(Company.garden_id == organisation_id)
        return and_(Brief.company_id.in_(own), published | (Brief.state == State.IN_REVIEW))
    if viewer.is_supplier:
        return and_(published, hooks.has_access(organisation_id) | _open_door_to(organisation_id))
    return published if viewer.is_admin else Brief.id.is_(None)


@cache
def _one_brief(kind: Viewer) -> Select[Brief]:
    return (
        select(Brief)
        .where(Brief.reference == bindparam("reference"), visible_to_asker(kind))
        .options(joinedload(Brief.company), selectinload(Brief.versions))
    )


def brief_for(viewer: Viewer, reference: str) -> Brief:
    """Return a brief that the viewer may see. Raises NotFound, also for one that exists but is not the viewer's."""
    asked = {"reference": reference, "asker": viewer.organisation_id}
    found = session.scalar(_one_brief(kind_of(viewer)), asked)
    if found is None:
        raise NotFound
    return found


def own_brief(viewer: Viewer, reference: str) -> Brief:
    """Return a brief of the viewer's own company. Raises NotFound."""
    if not viewer.is_company:
        raise NotFound
    return brief_for(viewer, reference)


def brief_view_for(viewer: Viewer, reference: str) -> BriefView:
    """Return a brief as the viewer may read it. Raises NotFound."""
    return view_of(viewer, brief_for(viewer, reference))


def view_of(viewer: Viewer, brief: Brief, *, as_supplier: bool = False) -> BriefView:
    """Return a brief as a viewer reads it, or as its suppliers do."""
    actor, current, version = actor_of(viewer, brief), phase_of(brief), current_version(brief)
    reader = "supplier" if as_supplier or viewer.is_supplier else str(viewer.organisation_kind or "admin")
    questions = guide.load(version.guide_version if version else brief.guide_version)
    answers = current_answers(brief)
    hidden_name = brief.name_hidden if version else answers.get("visibility") == "hidden"
    hidden = reader == "supplier" and hidden_name and current not in NAME_SHOWN_TO_ALL
    transitions = (
        lifecycle.allowed_transitions(current, actor) if actor and not as_supplier else frozenset[str]()
    )
    company = None if hidden else brief.company
    return BriefView(brief, reader, current, questions, answers, company, version, transitions)


def own_briefs(viewer: Viewer, page: int = 1) -> Page[BriefSummary]:
    """Return the briefs of the viewer's company as a list tells of them, the last changed first.

    Without what they say: reading twenty briefs' answers and versions took a third of the page's time.
    """
    query = select(Brief).where(visible_to(viewer)).order_by(Brief.updated_at.desc(), Brief.id.desc())
    if not viewer.is_company:
        raise NotFound
    options = [defer(Brief.answers), defer(Brief.confirmed_topics)]
    found = paginate(query, page, size=PAGE_SIZE, options=options)
    lines = [BriefSummary(brief, "company", phase_of(brief)) for brief in found.items]
    return found.with_items(lines)


def deleted_drafts(viewer: Viewer) -> Sequence[Brief]:
    """Return the company's drafts that were deleted lately and can be taken back, the last first."""
    since = clock.now() - dt.timedelta(days=lifecycle.UNDO_DELETE_DAYS)
    query = select(Brief).where(
        Brief.company_id == viewer.organisation_id, Brief.state == State.DELETED, Brief.deleted_at > since
    )
    return (
        session.scalars(query.order_by(Brief.deleted_at.desc()).limit(5)).all() if viewer.is_company else []
    )


def briefs_of_company(viewer: Viewer, company_id: int, page: int = 1) -> Page[Brief]:
    """Return a company's briefs as its garden may see them. Raises NotFound for another garden's company."""
    company = session.get(Company, company_id)
    if company is None or not viewer.is_garden or company.garden_id != viewer.organisation_id:
        raise NotFound
    query = select(Brief).where(Brief.company_id == company_id, visible_to(viewer))
    options = [joinedload(Brief.company), selectinload(Brief.versions)]
    return paginate(
        query.order_by(Brief.updated_at.desc(), Brief.id.desc()), page, size=PAGE_SIZE, options=options
    )
