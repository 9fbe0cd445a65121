"""First publication of a company that no business garden knows: the garden's answer, and opening by the scheduled job."""

from sqlalchemy import or_, select

from marketplace.audit.use_cases import record
from marketplace.briefs import guide, notices, queries
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.limits import MIN_REASON_LENGTH
from marketplace.briefs.models import Brief, BriefReview
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    company_recipients,
    lock,
)
from marketplace.briefs.use_cases.publication import open_brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import adviser_contact
from marketplace.organisations.models import Company
from marketplace.organisations.use_cases import mark_company_known
from marketplace.outbox.use_cases import send

VERDICTS = ("ok", "changes", "refused")


def answer_first_publication(viewer: Viewer, reference: str, verdict: str, comment: str) -> Brief:
    """Record the garden's answer: open the brief, or return it to the company with a reason. Does not rank suppliers.

    "ok" also makes the company known. After "refused", later briefs of the company wait until they are answered. Raises
    RuleBroken without a reason, and Conflict if the brief has opened or was pulled back.
    """
    with transaction():
        lock(reference)
        if verdict not in VERDICTS:
            raise RuleBroken(_("Choose an answer."), "verdict")
        brief = brief_for_transition("open" if verdict == "ok" else "return", viewer, reference)
        if verdict != "ok" and len(comment) < MIN_REASON_LENGTH:
            raise RuleBroken(_("Give the company a reason, so that it knows what to do."), "comment")
        review = _close_review(brief, verdict)
        review.answered_by_id, review.comment = viewer.user_id, comment
        record(viewer, "brief.answer_first", "brief", brief.reference, verdict=verdict)
        if verdict == "ok":
            mark_company_known(viewer, brief.company_id)
            _open(viewer, brief, review)
        else:
            brief.state = BriefState.DRAFT
            bump_revision(brief)
            review.revision = brief.revision
            answer = notices.first_publication_returned(
                viewer.organisation_name,
                brief.title,
                brief.reference,
                comment,
                adviser_contact(viewer),
                refused=verdict == "refused",
            )
            send(answer, company_recipients(brief))
        return brief


def due_first_publications() -> list[str]:
    """Return the references of waiting briefs whose wait is over, or whose company has become known."""
    query = (
        select(Brief.reference)
        .join(Brief.company)
        .join(Brief.reviews)
        .where(
            Brief.state == BriefState.WAITING,
            BriefReview.answered_at.is_(None),
            BriefReview.withdrawn_at.is_(None),
            or_(BriefReview.opens_at <= clock.now(), Company.known_at.is_not(None)),
        )
        .order_by(Brief.id)
    )
    references = list(session.scalars(query))
    session.rollback()
    return references


def open_due_brief(reference: str) -> Brief | None:
    """Open a waiting brief, inside the caller's transaction, or return None if it no longer waits."""
    lock(reference)
    brief = session.scalars(select(Brief).where(Brief.reference == reference)).one()
    if brief.state != BriefState.WAITING:
        return None
    _open(None, brief, _close_review(brief, "opened"))
    return brief


def _close_review(brief: Brief, verdict: str) -> BriefReview:
    review = queries.open_review(brief)
    if review is None:
        raise Conflict(_("The company has withdrawn its brief."))
    review.answered_at, review.verdict = clock.now(), verdict
    return review


def _open(viewer: Viewer | None, brief: Brief, review: BriefReview) -> None:
    """Open a waiting brief. A deadline that has become too short is moved to the earliest one allowed."""
    earliest, _latest = guide.deadline_limits(guide.load(brief.guide_version), clock.today())
    if brief.answers["response_deadline"] < earliest.isoformat():
        brief.answers = {**brief.answers, "response_deadline": earliest.isoformat()}
    open_brief(viewer, brief, review.asked_by_id)
