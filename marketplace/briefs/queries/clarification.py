"""Questions about a brief, as each reader may see them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from marketplace.briefs.lifecycle import Phase, QuestionState
from marketplace.briefs.models import ClarificationQuestion
from marketplace.briefs.queries.briefs import BriefView
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation

SEALED = frozenset({Phase.OPEN})
_ASKED = (
    select(
        ClarificationQuestion.id,
        ClarificationQuestion.supplier_id,
        ClarificationQuestion.state,
        ClarificationQuestion.text,
        ClarificationQuestion.public_text,
        ClarificationQuestion.answer,
        Organisation.name.label("asker"),
    )
    .join(Organisation, Organisation.id == ClarificationQuestion.supplier_id)
    .where(ClarificationQuestion.brief_id == bindparam("brief"))
    .order_by(ClarificationQuestion.id)
)
_IS_PUBLISHED = ClarificationQuestion.state == QuestionState.PUBLISHED
_PUBLISHED = _ASKED.where(_IS_PUBLISHED)
_ASKED_OR_OWN = _ASKED.where(or_(_IS_PUBLISHED, ClarificationQuestion.supplier_id == bindparam("asker")))
"""Made once: each brief's page asks one of them."""


@dataclass(frozen=True)
class ShownQuestion:
    """A question as one reader sees it. `asker` is empty where the reader may not know it; `own` is the asker's."""

    id: int
    state: str
    text: str
    answer: str
    asker: str
    own: bool
    reason: str


def questions_on(viewer: Viewer, brief_view: BriefView) -> list[ShownQuestion]:
    """Return the questions on a brief that a reader may see, the oldest first.

    All who may read the brief see the published ones, without the asker. The company sees those that wait as
    well, and who asked once the brief is opened. A supplier sees its own, whatever became of them.
    """
    if viewer.is_supplier:
        query, values = _ASKED_OR_OWN, {"brief": brief_view.brief.id, "asker": viewer.organisation_id}
    else:
        query = _ASKED if brief_view.reader == "company" else _PUBLISHED
        values = {"brief": brief_view.brief.id}
    return [_shown(viewer, brief_view, row) for row in session.execute(query, values)]


def _shown(viewer: Viewer, brief_view: BriefView, row: Any) -> ShownQuestion:
    own = viewer.is_supplier and row.supplier_id == viewer.organisation_id
    knows = brief_view.reader == "company" and brief_view.phase not in SEALED
    public = row.state == QuestionState.PUBLISHED
    private = own or (brief_view.reader == "company" and not public)
    return ShownQuestion(
        row.id,
        row.state,
        row.text if private or not row.public_text else row.public_text,
        row.answer if public else "",
        row.asker if knows else "",
        own,
        row.answer if row.state == QuestionState.REJECTED and (own or brief_view.reader == "company") else "",
    )


def waiting_question(brief_view: BriefView, question_id: int) -> ClarificationQuestion:
    """Return a question on a brief that waits for an answer. Raises NotFound."""
    found = session.get(ClarificationQuestion, question_id)
    if found is None or found.brief_id != brief_view.brief.id or found.state != QuestionState.ASKED:
        raise NotFound
    return found


def waiting_from(supplier_id: int | None, brief_id: int) -> int:
    """Count a supplier's questions on a brief that wait for an answer."""
    query = select(func.count()).where(
        ClarificationQuestion.brief_id == brief_id,
        ClarificationQuestion.supplier_id == supplier_id,
        ClarificationQuestion.state == QuestionState.ASKED,
    )
    return session.scalar(query) or 0
