"""Briefs that a business garden reads before they open: the garden's answer, and opening by the scheduled job.

These are the first briefs of companies that no garden knows, and briefs that a garden's settings make it read first.
"""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from marketplace.audit.use_cases import record
from marketplace.briefs import guide, hooks, notices, queries
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.limits import MIN_REASON_LENGTH
from marketplace.briefs.models import Brief, BriefReview, BriefVersion
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    company_recipients,
    involved_recipients,
    lock,
)
from marketplace.briefs.use_cases.publication import move_deadline, open_brief
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

    "ok" also makes the company known. After "refused", later briefs of the company wait until they are answered. A paused
    brief, which suppliers have seen, is closed instead of returned. Raises RuleBroken without a reason, and Conflict if
    the brief has opened or the company has made it a draft again.
    """
    with transaction():
        lock(reference)
        if verdict not in VERDICTS:
            raise RuleBroken(_("Choose an answer."), "verdict")
        brief = brief_for_transition(_transition(verdict, reference), viewer, reference)
        if verdict != "ok" and len(comment) < MIN_REASON_LENGTH:
            raise RuleBroken(
                _(
                    "Give the company a reason of at least %(num)s characters, so that it knows what to do.",
                    num=MIN_REASON_LENGTH,
                ),
                "comment",
            )
        review = _close_review(brief, verdict)
        review.answered_by_id, review.comment = viewer.user_id, comment
        record(viewer, "brief.answer_first", "brief", brief.reference, verdict=verdict)
        if verdict == "ok":
            mark_company_known(viewer, brief.company_id)
            _open(viewer, brief, review)
        elif brief.versions:
            _stop(viewer, brief, comment)
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


def _transition(verdict: str, reference: str) -> str:
    if verdict == "ok":
        return "open"
    published = select(BriefVersion.id).join(BriefVersion.brief).where(Brief.reference == reference)
    return "stop" if session.scalar(published.limit(1)) else "return"


def pause_first_publication(viewer: Viewer, reference: str, reason: str) -> Brief:
    """Pause a brief that opened automatically until the garden has answered; notify the company and involved suppliers.

    Raises RuleBroken without a reason, and Conflict if the garden knows the company or an offer has been sent. The refusal
    because of an offer reveals neither names nor numbers, and is recorded.
    """
    with transaction():
        brief = brief_for_transition("pause", viewer, reference)
        if not brief.opened_unchecked:
            raise Conflict(_("Only a brief that opened before you had checked the company can be paused."))
        if len(reason) < MIN_REASON_LENGTH:
            raise RuleBroken(_("Give a reason. The company and the suppliers read it."), "reason")
        is_blocked = any(blocks(brief) for blocks in hooks.pause_blockers)
        if is_blocked:
            record(viewer, "brief.pause_refused", "brief", brief.reference)
        else:
            _pause(viewer, brief, reason)
    if is_blocked:
        raise Conflict(_("A supplier has already sent an offer, so the brief can no longer be paused."))
    return brief


def _pause(viewer: Viewer, brief: Brief, reason: str) -> None:
    opened = brief.reviews[-1]
    opened.answered_by_id, opened.comment = viewer.user_id, reason
    brief.state = BriefState.WAITING
    brief.answers = dict(brief.versions[-1].answers)  # drops an amendment that has not been sent
    bump_revision(brief)
    brief.reviews.append(
        BriefReview(asked_by_id=opened.asked_by_id, asked_at=clock.now(), revision=brief.revision)
    )
    record(viewer, "brief.pause", "brief", brief.reference)
    title, garden, contact = brief.versions[-1].title, viewer.organisation_name, adviser_contact(viewer)
    send(notices.paused(garden, title, brief.reference, reason, contact), company_recipients(brief))
    send(notices.paused_for_suppliers(garden, title, brief.reference, reason), involved_recipients(brief))


def _stop(viewer: Viewer, brief: Brief, reason: str) -> None:
    """Close a paused brief for good."""
    brief.state = BriefState.WITHDRAWN
    brief.closed_at, brief.closed_reason = clock.now(), reason
    bump_revision(brief)
    hooks.run_withdrawal_hooks(viewer, brief)
    title, calendar = brief.versions[-1].title, partial(queries.withdrawal_calendar, brief)
    notice = notices.stopped(viewer.organisation_name, title, brief.reference, reason, calendar)
    send(notice, [*company_recipients(brief), *involved_recipients(brief)])


def due_first_publications() -> Sequence[str]:
    """Return the references of waiting briefs whose wait is over, or whose company has become known.

    A brief with other reasons to wait keeps waiting after its company has become known.
    """
    query = (
        select(BriefReview)
        .options(joinedload(BriefReview.brief))
        .join(BriefReview.brief)
        .join(Brief.company)
        .where(
            Brief.state == BriefState.WAITING,
            BriefReview.answered_at.is_(None),
            BriefReview.withdrawn_at.is_(None),
            or_(BriefReview.opens_at <= clock.now(), Company.known_at.is_not(None)),
        )
        .order_by(Brief.id)
    )
    due = [
        review.brief.reference
        for review in session.scalars(query)
        if not review.reasons or (review.opens_at is not None and review.opens_at <= clock.now())
    ]
    session.rollback()  # each brief is locked and checked in a transaction of its own
    return due


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
    if brief.versions:
        _open_again(viewer, brief)
        return
    earliest, _latest = guide.deadline_limits(guide.load(brief.guide_version), clock.today())
    if brief.answers["response_deadline"] < earliest.isoformat():
        brief.answers = {**brief.answers, "response_deadline": earliest.isoformat()}
    open_brief(viewer, brief, review.asked_by_id, is_choice_made=bool(review.chosen_suppliers))


def _open_again(viewer: Viewer | None, brief: Brief) -> None:
    """Open a paused brief with the version that was published, and notify the company and the involved suppliers."""
    earliest, _latest = guide.deadline_limits(guide.load(brief.guide_version), clock.today())
    deadline = move_deadline(brief, max(brief.deadline or clock.now(), clock.end_of_day(earliest)))
    brief.state = BriefState.PUBLISHED
    bump_revision(brief)
    record(viewer, "brief.open_again", "brief", brief.reference, deadline=deadline.isoformat())
    title, calendar = brief.versions[-1].title, partial(queries.deadline_calendar, brief)
    notice = notices.open_again(title, brief.reference, deadline, calendar)
    send(notice, [*company_recipients(brief, except_viewer=viewer), *involved_recipients(brief)])
