"""Questions about a brief, as each reader may see them."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.briefs.lifecycle import Phase, QuestionState
from marketplace.briefs.models import ClarificationQuestion
from marketplace.briefs.queries.papers import BriefPaper
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer

SEALED = frozenset({Phase.OPEN})


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


def questions_on(viewer: Viewer, paper: BriefPaper) -> list[ShownQuestion]:
    """Return the questions on a brief that a reader may see, the oldest first.

    All who may read the brief see the published ones, without the asker. The company sees those that wait as
    well, and who asked once the brief is opened. A supplier sees its own, whatever became of them.
    """
    query = select(ClarificationQuestion).where(ClarificationQuestion.brief_id == paper.brief.id)
    published = ClarificationQuestion.state == QuestionState.PUBLISHED
    if viewer.is_supplier:
        query = query.where(or_(published, ClarificationQuestion.supplier_id == viewer.organisation_id))
    elif paper.reader != "company":
        query = query.where(published)
    rows = session.scalars(
        query.options(joinedload(ClarificationQuestion.supplier)).order_by(ClarificationQuestion.id)
    ).all()
    return [_shown(viewer, paper, row) for row in rows]


def _shown(viewer: Viewer, paper: BriefPaper, row: ClarificationQuestion) -> ShownQuestion:
    own = viewer.is_supplier and row.supplier_id == viewer.organisation_id
    knows = paper.reader == "company" and paper.phase not in SEALED
    public = row.state == QuestionState.PUBLISHED
    private = own or (paper.reader == "company" and not public)
    return ShownQuestion(
        row.id,
        row.state,
        row.text if private or not row.public_text else row.public_text,
        row.answer if public else "",
        row.supplier.name if knows else "",
        own,
        row.answer if row.state == QuestionState.REJECTED and (own or paper.reader == "company") else "",
    )


def waiting_question(paper: BriefPaper, question_id: int) -> ClarificationQuestion:
    """Return a question on a brief that waits for an answer. Raises NotFound."""
    found = session.get(ClarificationQuestion, question_id)
    if found is None or found.brief_id != paper.brief.id or found.state != QuestionState.ASKED:
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
