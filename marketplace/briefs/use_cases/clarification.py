"""Clarification questions: the company's answers go to everyone, and askers are anonymous until offers are opened."""

from marketplace.audit.use_cases import record
from marketplace.briefs import notices, queries
from marketplace.briefs.lifecycle import QuestionState
from marketplace.briefs.limits import MAX_UNANSWERED_QUESTIONS
from marketplace.briefs.models import ClarificationQuestion
from marketplace.briefs.question_rejection_reasons import REJECTION_REASONS
from marketplace.briefs.use_cases.authorization import (
    company_recipients,
    involved_recipients,
    lock,
    supplier_recipients,
)
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send


def ask_question(viewer: Viewer, reference: str, text: str) -> ClarificationQuestion:
    """Ask a question about a brief. Raises RuleBroken after the deadline for questions, or with too many unanswered ones."""
    with transaction():
        lock(reference)
        brief_view = queries.brief_view_for(viewer, reference)
        if not viewer.is_supplier:
            raise Forbidden
        if not brief_view.accepts_questions:
            raise RuleBroken(_("The period for questions has ended."))
        if queries.count_unanswered(viewer.organisation_id, brief_view.brief.id) >= MAX_UNANSWERED_QUESTIONS:
            raise RuleBroken(
                _("You have several unanswered questions. Wait for an answer before you ask more."), "text"
            )
        question = ClarificationQuestion(
            brief_id=brief_view.brief.id,
            supplier_id=viewer.organisation_id,
            asked_by_id=viewer.user_id,
            text=text,
        )
        session.add(question)
        session.flush()
        deadline = brief_view.brief.deadline or clock.now()
        notice = notices.question_asked(brief_view.title, reference, text, deadline)
        send(notice, company_recipients(brief_view.brief))
        # The audit event does not refer to the brief: the company can read its briefs' events, but must not see who asked.
        record(viewer, "question.ask", "question", question.id)
        return question


def answer_question(viewer: Viewer, reference: str, question_id: int, public_text: str, answer: str) -> None:
    """Publish a question, in the company's wording, and its answer to everyone who can see the brief."""
    with transaction():
        brief_view, question = _lock_question(viewer, reference, question_id)
        question.public_text = public_text
        _close(viewer, question, QuestionState.PUBLISHED, answer)
        message = notices.question_answered(brief_view.title, reference, public_text, answer)
        recipients = {user.user_id: user for user in involved_recipients(brief_view.brief)}
        recipients |= {user.user_id: user for user in supplier_recipients([question.supplier_id])}
        send(message, recipients.values())
        record(viewer, "question.answer", "brief", reference, question=question.id)


def reject_question(viewer: Viewer, reference: str, question_id: int, reason: str) -> None:
    """Reject a question, with a reason that only the asker can see."""
    with transaction():
        brief_view, question = _lock_question(viewer, reference, question_id)
        if reason not in REJECTION_REASONS:
            raise RuleBroken(_("Choose a reason."), "reason")
        _close(viewer, question, QuestionState.REJECTED, reason)
        message = notices.question_rejected(brief_view.title, reference, reason)
        send(message, supplier_recipients([question.supplier_id]))
        record(viewer, "question.reject", "brief", reference, question=question.id, reason=reason)


def _lock_question(
    viewer: Viewer, reference: str, question_id: int
) -> tuple[queries.BriefView, ClarificationQuestion]:
    lock(reference)
    brief_view = queries.view_of(viewer, queries.own_brief(viewer, reference))
    return brief_view, queries.unanswered_question(brief_view, question_id)


def _close(viewer: Viewer, question: ClarificationQuestion, state: QuestionState, answer: str) -> None:
    question.answer, question.state = answer, state
    question.answered_at, question.answered_by_id = clock.now(), viewer.user_id
    question.answered_by_garden_id = viewer.mandate_garden_id
