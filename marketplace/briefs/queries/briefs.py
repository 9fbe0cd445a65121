"""Read access to briefs. Missing and forbidden briefs both raise NotFound."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, select
from sqlalchemy.orm import joinedload

from marketplace.briefs import deadlines, guide, hooks, lifecycle
from marketplace.briefs.guide import Guide, Row
from marketplace.briefs.lifecycle import BriefActor, BriefState, Phase
from marketplace.briefs.models import Brief, BriefService, BriefVersion
from marketplace.core import clock
from marketplace.core.database import UtcDateTime, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.i18n import current_locale, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.organisations.queries import companies_followed_by, follows
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries.statuses import LISTED_NOW

UNPUBLISHED = (BriefState.DRAFT, BriefState.IN_REVIEW, BriefState.WAITING, BriefState.DELETED)
PHASES_AFTER_OPENING = frozenset(
    {Phase.EVALUATING, Phase.AWARDED, Phase.DELIVERED, Phase.NO_AWARD, Phase.LAPSED, Phase.TERMINATED}
)
PHASES_SHOWING_NAME = frozenset({Phase.AWARDED, Phase.DELIVERED, Phase.TERMINATED})
IDENTIFYING_FIELDS = frozenset({"links"})

MAX_RENDERED = 300
_rendered: "dict[tuple[object, ...], RenderedAnswers]" = {}

OrganisationId = int | BindParameter[int] | None
ORGANISATION_ID = bindparam("organisation_id", type_=Integer())
NOW = bindparam("now", callable_=clock.now, type_=UtcDateTime())
"""Parameter evaluated when a statement is executed, so that the statement can be built once."""


def phase_of(brief: Brief) -> Phase:
    """Return the current phase of a brief."""
    return lifecycle.phase(brief.state, brief.deadline, brief.opened_early_at, clock.now())


def opening_time(brief: Brief) -> dt.datetime:
    """Return when the offers of a published brief are opened. Raises NotFound if the brief has no deadline."""
    if brief.deadline is None:
        raise NotFound
    return deadlines.opened_at(brief.deadline, brief.opened_early_at)


def is_opened(brief: Brief) -> bool:
    """Return True if the offers for a brief are opened.

    A brief that was withdrawn while open stays sealed permanently, so withdrawal gives no access to offers.
    """
    phase = phase_of(brief)
    if phase is Phase.WITHDRAWN:
        return (
            brief.deadline is not None
            and brief.closed_at is not None
            and brief.closed_at > opening_time(brief)
        )
    return phase in PHASES_AFTER_OPENING


def display_title(brief: Brief) -> str:
    """Return a brief's title, or a placeholder if it has none yet."""
    return brief.title or _("Brief without a title")


def actor_of(viewer: Viewer, brief: Brief) -> BriefActor | None:
    """Return the role in which the viewer acts on a brief, or None."""
    if viewer.is_company and viewer.organisation_id == brief.company_id:
        return BriefActor.OWNER if viewer.is_owner else BriefActor.MEMBER
    if follows(viewer, brief.company):
        return BriefActor.GARDEN
    return None


def draft_answers(brief: Brief) -> dict[str, Any]:
    """Return a draft's answers with current presets; see `guide.effective_answers`."""
    company = guide.CompanyFacts(brief.company.municipality_number)
    questions = guide.load(brief.guide_version)
    return guide.effective_answers(questions, brief.answers, brief.confirmed_topics, company, clock.today())


def current_version(brief: Brief) -> BriefVersion | None:
    """Return the newest published version, or None before publication."""
    return brief.versions[-1] if brief.versions else None


def current_answers(brief: Brief) -> dict[str, Any]:
    """Return the answers of the newest published version, or of the draft."""
    version = current_version(brief)
    return dict(version.answers) if version else draft_answers(brief)


def latest_answers(brief: Brief) -> dict[str, Any]:
    """Return the answers saved last, including an amendment that has not been sent."""
    if not brief.versions:
        return draft_answers(brief)
    return {**brief.versions[-1].answers, **brief.answers}


@dataclass(frozen=True)
class BriefSummary:
    """A brief as shown in a list. `reader` is company, garden, admin or supplier."""

    brief: Brief
    reader: str
    phase: Phase

    @property
    def title(self) -> str:
        """Title, or a placeholder."""
        return display_title(self.brief)

    @property
    def phase_label(self) -> str:
        """Name of the phase in the user's language."""
        return str(lifecycle.PHASE_LABELS[self.phase])


@dataclass(frozen=True, eq=False)
class RenderedAnswers:
    """Answers rendered for one audience in one language. `rows` holds only the answers visible to it."""

    guide: Guide
    answers: Mapping[str, Any]
    rows: Mapping[str, Row]


@dataclass(frozen=True)
class BriefView(BriefSummary):
    """A brief as one reader sees it. `rows` holds only the answers visible to the reader."""

    guide: Guide
    answers: Mapping[str, Any]
    company: Company | None
    version: BriefVersion | None
    transitions: frozenset[str]

    @property
    def rows(self) -> Mapping[str, Row]:
        """Answers visible to the reader, by question code."""
        return self.rendered.rows

    @cached_property
    def rendered(self) -> RenderedAnswers:
        """Answers in the reader's language, rendered on first access."""
        return self.render_answers(self.answers)

    def render_answers(self, answers: Mapping[str, Any]) -> RenderedAnswers:
        """Render answers to the same guide for the reader. Cached, because published briefs are read often."""
        audience = "supplier" if self.reader == "supplier" else "company"
        key = (self.guide.version, audience, self.company is None, current_locale(), repr(answers))
        rendered = _rendered.get(key)
        if rendered is None:
            if len(_rendered) >= MAX_RENDERED:
                _rendered.clear()
            hidden = IDENTIFYING_FIELDS if self.company is None else frozenset[str]()
            rows = {
                code: row
                for code, row in guide.document_rows(self.guide, answers, audience).items()
                if code not in hidden
            }
            rendered = _rendered[key] = RenderedAnswers(self.guide, answers, rows)
        return rendered

    @property
    def accepts_questions(self) -> bool:
        """True if suppliers may still ask questions."""
        deadline = self.brief.question_deadline
        return self.phase is Phase.OPEN and deadline is not None and clock.now() <= deadline


def approved_categories(supplier_id: OrganisationId) -> Select[str]:
    """Build the query for the service categories that a supplier is approved for."""
    return select(Vetting.category).where(Vetting.supplier_id == supplier_id, LISTED_NOW)


def is_open(now: dt.datetime | BindParameter[dt.datetime]) -> ColumnElement[bool]:
    """Build the SQL condition that a brief is open at a moment."""
    early = Brief.opened_early_at.is_(None) | (Brief.opened_early_at > now)
    return and_(Brief.state == BriefState.PUBLISHED, Brief.deadline >= now, early)


def _open_to_supplier(supplier_id: OrganisationId) -> ColumnElement[bool]:
    in_trade = select(BriefService.brief_id).where(
        BriefService.category.in_(approved_categories(supplier_id))
    )
    return and_(is_open(NOW), Brief.open_door, Brief.id.in_(in_trade))


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """Build the SQL condition that a viewer may see a brief, as the table in the threat model defines it.

    Companies see their own briefs. Gardens see published briefs of companies that they follow, and those
    that wait for their review. Suppliers see briefs they are invited to or answer, and open briefs with
    `open_door` in categories that they are approved for. Administrators see published briefs. All others see none.
    """
    return _visible(viewer, viewer.organisation_id)


def visible_to_parameter(viewer: Viewer) -> ColumnElement[bool]:
    """Build the condition of `visible_to` with the organisation's id as the parameter `organisation_id`.

    For statements that are cached by `viewer_kind`, because building the condition takes as long as executing it.
    """
    return _visible(viewer, ORGANISATION_ID)


def viewer_kind(viewer: Viewer) -> Viewer:
    """Return an anonymous viewer of the same kind, as a key for cached statements."""
    return Viewer(is_admin=viewer.is_admin, organisation_kind=viewer.organisation_kind)


def _visible(viewer: Viewer, organisation_id: OrganisationId) -> ColumnElement[bool]:
    published = Brief.state.not_in(UNPUBLISHED)
    if viewer.is_company:
        return and_(Brief.company_id == organisation_id, Brief.state != BriefState.DELETED)
    if viewer.is_garden:
        return and_(
            Brief.company_id.in_(companies_followed_by(organisation_id)),
            published | Brief.state.in_((BriefState.IN_REVIEW, BriefState.WAITING)),
        )
    if viewer.is_supplier:
        return and_(published, hooks.has_access(organisation_id) | _open_to_supplier(organisation_id))
    return published if viewer.is_admin else Brief.id.is_(None)


@cache
def _one_brief(kind: Viewer) -> Select[Brief]:
    return (
        select(Brief)
        .where(Brief.reference == bindparam("reference"), visible_to_parameter(kind))
        .options(joinedload(Brief.company), joinedload(Brief.versions))
    )


def brief_for(viewer: Viewer, reference: str) -> Brief:
    """Return a brief that the viewer may see. Raises NotFound."""
    params = {"reference": reference, "organisation_id": viewer.organisation_id}
    return or_404(session.scalars(_one_brief(viewer_kind(viewer)), params).unique().one_or_none())


def own_brief(viewer: Viewer, reference: str) -> Brief:
    """Return a brief of the viewer's own company. Raises NotFound."""
    if not viewer.is_company:
        raise NotFound
    return brief_for(viewer, reference)


def brief_view_for(viewer: Viewer, reference: str) -> BriefView:
    """Return the view of a brief by reference. Raises NotFound."""
    return view_of(viewer, brief_for(viewer, reference))


def view_of(viewer: Viewer, brief: Brief, *, as_supplier: bool = False) -> BriefView:
    """Return the view of a brief for a viewer, or a preview of the suppliers' view."""
    actor, current, version = actor_of(viewer, brief), phase_of(brief), current_version(brief)
    reader = "supplier" if as_supplier or viewer.is_supplier else str(viewer.organisation_kind or "admin")
    questions = guide.load(version.guide_version if version else brief.guide_version)
    answers = current_answers(brief)
    hidden_name = brief.name_hidden if version else answers.get("visibility") == "hidden"
    hidden = reader == "supplier" and hidden_name and current not in PHASES_SHOWING_NAME
    transitions = (
        lifecycle.allowed_transitions(current, actor) if actor and not as_supplier else frozenset[str]()
    )
    company = None if hidden else brief.company
    return BriefView(brief, reader, current, questions, answers, company, version, transitions)
