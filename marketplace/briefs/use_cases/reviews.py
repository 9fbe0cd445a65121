"""Review of a draft by the company's business garden: request, answer and cancellation."""

from collections.abc import Mapping

from marketplace.audit.use_cases import record
from marketplace.briefs import guide, notices, queries
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefReview
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    company_recipients,
    garden_recipients,
)
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import adviser_contact, owner_contact
from marketplace.organisations.queries import following_garden_ids
from marketplace.organisations.use_cases import mark_company_known
from marketplace.outbox.use_cases import send

VERDICTS = ("ok", "changes")


def ask_for_review(viewer: Viewer, reference: str, message: str = "") -> Brief:
    """Ask the company's garden to review a draft. Raises RuleBroken if there is too little to review."""
    with transaction():
        brief = brief_for_transition("ask_review", viewer, reference)
        if not following_garden_ids(brief.company):
            raise RuleBroken(
                _("No business garden covers your municipality yet, so nobody can review the draft.")
            )
        answers = queries.draft_answers(brief)
        if guide.is_empty(answers.get("services")) or guide.is_empty(answers.get("problem")):
            raise RuleBroken(
                _(
                    "Say what kind of help you need and what the problem is, so that your adviser has something to review."
                )
            )
        session.add(
            BriefReview(
                brief_id=brief.id, asked_by_id=viewer.user_id, message=message, revision=brief.revision
            )
        )
        brief.state = BriefState.IN_REVIEW
        brief.updated_at = clock.now()
        title = queries.display_title(brief)
        notice = notices.review_asked(
            brief.company.name, title, brief.reference, message, owner_contact(brief.company)
        )
        send(notice, garden_recipients(brief))
        record(viewer, "brief.ask_review", "brief", brief.reference)
        return brief


def answer_review(
    viewer: Viewer,
    reference: str,
    verdict: str,
    comment: str,
    topic_comments: Mapping[str, str] | None = None,
) -> Brief:
    """Record the garden's answer and return the draft. If the draft is ready, the garden knows the company from then on.

    Raises RuleBroken if changes are requested without a comment.
    """
    with transaction():
        brief = brief_for_transition("answer_review", viewer, reference)
        review = queries.open_review(brief)
        if review is None:
            raise Conflict(_("The company has withdrawn its draft from review."))
        said = {code: text for code, text in (topic_comments or {}).items() if text}
        if verdict not in VERDICTS:
            raise RuleBroken(_("Select whether the brief is ready."), "verdict")
        if verdict == "changes" and not comment and not said:
            raise RuleBroken(_("Describe what the company should change."), "comment")
        review.answered_by_id = viewer.user_id
        review.answered_at = clock.now()
        review.verdict = verdict
        review.comment = comment
        review.topic_comments = said
        brief.state = BriefState.DRAFT
        if verdict == "ok":
            mark_company_known(viewer, brief.company_id)
        bump_revision(brief)
        review.revision = brief.revision
        title, is_ok = queries.display_title(brief), verdict == "ok"
        answer = notices.review_answered(
            viewer.organisation_name,
            title,
            brief.reference,
            adviser_contact(viewer),
            is_ok=is_ok,
            comment=comment,
        )
        send(answer, company_recipients(brief))
        record(viewer, "brief.answer_review", "brief", brief.reference, verdict=verdict)
        return brief


def cancel_review(viewer: Viewer, reference: str) -> Brief:
    """Take a draft or a waiting brief back from the garden before it has answered.

    Only an owner may submit a brief, so only an owner may take it back while it waits.
    """
    with transaction():
        current = queries.brief_for(viewer, reference)
        is_waiting = current.state == BriefState.WAITING
        if is_waiting and current.versions:
            raise Conflict(
                _(
                    "Your business garden has paused the brief. Ask the business garden to open it, or withdraw it."
                )
            )
        transition = "cancel_submission" if is_waiting else "cancel_review"
        brief = brief_for_transition(transition, viewer, reference)
        review = queries.open_review(brief)
        if review is not None:
            review.withdrawn_at = clock.now()
        brief.state = BriefState.DRAFT
        brief.updated_at = clock.now()
        title = queries.display_title(brief)
        send(
            notices.review_request_withdrawn(brief.company.name, title, brief.reference),
            garden_recipients(brief),
        )
        record(viewer, "brief.pull_back", "brief", brief.reference)
        return brief
