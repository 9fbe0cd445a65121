"""Read access to the clarification questions of a brief."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.models import User
from marketplace.briefs.lifecycle import QuestionState
from marketplace.briefs.models import ClarificationQuestion
from marketplace.briefs.queries.briefs import BriefView, is_opened
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation

_Garden = aliased(Organisation)
_ALL = (
    select(
        ClarificationQuestion.id,
        ClarificationQuestion.supplier_id,
        ClarificationQuestion.state,
        ClarificationQuestion.text,
        ClarificationQuestion.public_text,
        ClarificationQuestion.answer,
        Organisation.name.label("asker"),
        User.name.label("adviser"),
        _Garden.name.label("garden"),
    )
    .join(Organisation, Organisation.id == ClarificationQuestion.supplier_id)
    .outerjoin(_Garden, _Garden.id == ClarificationQuestion.answered_by_garden_id)
    .outerjoin(User, and_(User.id == ClarificationQuestion.answered_by_id, _Garden.id.is_not(None)))
    .where(ClarificationQuestion.brief_id == bindparam("brief"))
    .order_by(ClarificationQuestion.id)
)
_IS_PUBLISHED = ClarificationQuestion.state == QuestionState.PUBLISHED
_PUBLISHED = _ALL.where(_IS_PUBLISHED)
_PUBLISHED_OR_OWN = _ALL.where(
    or_(_IS_PUBLISHED, ClarificationQuestion.supplier_id == bindparam("supplier_id"))
)
"""Built once at import: every brief page executes one of these statements."""


@dataclass(frozen=True)
class QuestionView:
    """A question as one reader sees it. `asker` is empty if hidden from the reader; `is_own` is True for the asker.

    `adviser` and `garden` are who answered for the company through a mandate; empty for other readers and answers.
    """

    id: int
    state: str
    text: str
    answer: str
    asker: str
    is_own: bool
    reason: str
    adviser: str
    garden: str


def questions_on(viewer: Viewer, brief_view: BriefView) -> list[QuestionView]:
    """Return the questions about a brief that the viewer may see, oldest first.

    All readers of the brief see published questions, without the asker. The company also sees unanswered ones and, once
    the offers are opened, who asked. A supplier also sees its own questions in any state.
    """
    if viewer.is_supplier:
        query, values = (
            _PUBLISHED_OR_OWN,
            {"brief": brief_view.brief.id, "supplier_id": viewer.organisation_id},
        )
    else:
        query = _ALL if brief_view.reader == "company" else _PUBLISHED
        values = {"brief": brief_view.brief.id}
    return [_question_view(viewer, brief_view, row) for row in session.execute(query, values)]


def _question_view(viewer: Viewer, brief_view: BriefView, row: Any) -> QuestionView:
    is_own = viewer.is_supplier and row.supplier_id == viewer.organisation_id
    sees_asker = brief_view.reader == "company" and is_opened(brief_view.brief)
    is_public = row.state == QuestionState.PUBLISHED
    sees_original = is_own or (brief_view.reader == "company" and not is_public)
    return QuestionView(
        row.id,
        row.state,
        row.text if sees_original or not row.public_text else row.public_text,
        row.answer if is_public else "",
        row.asker if sees_asker else "",
        is_own,
        row.answer
        if row.state == QuestionState.REJECTED and (is_own or brief_view.reader == "company")
        else "",
        (row.adviser or "") if brief_view.reader == "company" else "",
        (row.garden or "") if brief_view.reader == "company" else "",
    )


def unanswered_question(brief_view: BriefView, question_id: int) -> ClarificationQuestion:
    """Return an unanswered question about a brief. Raises NotFound."""
    question = session.get(ClarificationQuestion, question_id)
    if question is None or question.brief_id != brief_view.brief.id or question.state != QuestionState.ASKED:
        raise NotFound
    return question


def count_unanswered(supplier_id: int | None, brief_id: int) -> int:
    """Return the number of a supplier's unanswered questions about a brief."""
    query = select(func.count()).where(
        ClarificationQuestion.brief_id == brief_id,
        ClarificationQuestion.supplier_id == supplier_id,
        ClarificationQuestion.state == QuestionState.ASKED,
    )
    return session.scalar(query) or 0
