"""Feedback on sessions: the form behind an e-mailed link, and the summary for advisers and lecturers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from marketplace.core.database import prepared, session
from marketplace.core.errors import InvalidLink
from marketplace.core.identifiers import token_hash
from marketplace.programme.feedback import MIN_ANSWERS_FOR_LECTURER, PACE
from marketplace.programme.models.participation import Participation
from marketplace.programme.models.sessions import SessionFeedback


@dataclass(frozen=True, slots=True)
class FeedbackSummary:
    """Feedback of the companies on one session. Averages are None without answers."""

    asked: int
    answers: Sequence[SessionFeedback]

    @property
    def useful(self) -> float | None:
        """Average usefulness, 1-5."""
        return _average([one.useful for one in self.answers])

    @property
    def used_before(self) -> float | None:
        """Average use of what was learned in the session before, 0-4."""
        return _average([one.used_before for one in self.answers])

    @property
    def pace(self) -> Sequence[tuple[object, int]]:
        """Number of answers for each pace."""
        return [(label, sum(one.pace == value for one in self.answers)) for value, label in PACE.items()]

    @property
    def comments(self) -> Sequence[SessionFeedback]:
        """Answers with a comment."""
        return [one for one in self.answers if one.comment]

    @property
    def is_shown_to_lecturer(self) -> bool:
        """True if there are enough answers that the lecturer cannot trace them to a company."""
        return len(self.answers) >= MIN_ANSWERS_FOR_LECTURER


def _average(values: Sequence[int | None]) -> float | None:
    answered = [value for value in values if value is not None]
    return sum(answered) / len(answered) if answered else None


_FEEDBACK = prepared(
    select(SessionFeedback)
    .where(SessionFeedback.session_id == bindparam("session_id"))
    .options(joinedload(SessionFeedback.participation).load_only(Participation.company_name))
    .order_by(SessionFeedback.answered_at, SessionFeedback.id)
)


def feedback_summary(session_id: int) -> FeedbackSummary:
    """Return the feedback on a session."""
    rows = session.scalars(_FEEDBACK, {"session_id": session_id}).all()
    return FeedbackSummary(len(rows), [one for one in rows if one.answered_at is not None])


def feedback_of_link(token: str) -> SessionFeedback:
    """Return the feedback of an e-mailed link. Raises InvalidLink, also if the contact person has been erased."""
    query = (
        select(SessionFeedback)
        .join(SessionFeedback.participation)
        .where(SessionFeedback.token_hash == token_hash(token[:100]), Participation.contact_email != "")
    )
    found = session.scalar(query)
    if found is None:
        raise InvalidLink
    return found
