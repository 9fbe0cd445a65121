"""Publishing a brief, extending its deadline, and withdrawing it."""

import datetime as dt
from functools import partial

from marketplace.audit.use_cases import record
from marketplace.briefs import coach, deadlines, guide, hooks, notices, queries
from marketplace.briefs.lifecycle import BriefState, Phase
from marketplace.briefs.limits import MIN_REASON_LENGTH
from marketplace.briefs.models import Brief, BriefReview, BriefService, BriefVersion
from marketplace.briefs.use_cases.authorization import (
    brief_for_transition,
    bump_revision,
    company_recipients,
    garden_recipients,
    involved_recipients,
)
from marketplace.core import clock, taxonomy
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import format_date, gettext as _, ngettext
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import owner_contact
from marketplace.outbox.use_cases import move_mail_deadline, send


def publish(viewer: Viewer, reference: str, *, confirmed: bool = False) -> Brief:
    """Publish the draft as version 1, open until its deadline. Does not rank or notify suppliers.

    A brief that a garden must read first waits for the garden instead; see `first_publication`. `confirmed` states that the
    company has read what suppliers will see. Raises RuleBroken with the first blocker of the coach, or the first required
    answer that is missing or invalid. A caller that also ranks suppliers runs both in one transaction.
    """
    with transaction():
        brief = brief_for_transition("publish", viewer, reference)
        questions = guide.load(brief.guide_version)
        answers = queries.draft_answers(brief)
        today = clock.today()
        if blockers := coach.find_blockers(questions, answers, today, confirmed=confirmed):
            blocker = blockers[0]
            message = f"{blocker.title}. {blocker.reason}"
            raise RuleBroken(message, blocker.question or "confirmed")
        if answer_problems := guide.find_answer_problems(questions, answers, today):
            raise RuleBroken(answer_problems[0].text, answer_problems[0].question.code)
        brief.answers, brief.title = answers, answers["title"]
        required = queries.required_review(brief, answers)
        if required is None:
            open_brief(viewer, brief, viewer.user_id)
        else:
            _submit(viewer, brief, required.reasons)
        return brief


def _submit(viewer: Viewer, brief: Brief, reasons: list[str]) -> None:
    """Let a brief wait until its garden has answered, or until it opens automatically."""
    now = clock.now()
    opens_at = None if queries.was_refused(brief.company_id) else deadlines.first_publication_opens_at(now)
    brief.state = BriefState.WAITING
    bump_revision(brief)
    session.add(
        BriefReview(
            brief_id=brief.id,
            asked_by_id=viewer.user_id,
            asked_at=now,
            revision=brief.revision,
            opens_at=opens_at,
            reasons=reasons,
        )
    )
    record(
        viewer, "brief.submit", "brief", brief.reference, opens_at=opens_at.isoformat() if opens_at else None
    )
    send(
        notices.brief_waits(
            brief.title,
            brief.reference,
            opens_at,
            reasons,
            is_known=brief.company.is_known,
            has_garden=bool(brief.company.following_gardens),
        ),
        company_recipients(brief, except_viewer=viewer),
    )
    garden_notice = notices.first_publication(
        brief.company.name,
        brief.title,
        brief.reference,
        opens_at,
        owner_contact(brief.company),
        reasons=reasons,
        is_known=brief.company.is_known,
    )
    send(garden_notice, garden_recipients(brief))


def open_brief(
    viewer: Viewer | None, brief: Brief, publisher_id: int | None, *, is_choice_made: bool = False
) -> None:
    """Publish a brief's answers as version 1, inside the caller's transaction. `viewer` is None in a scheduled job.

    `is_choice_made` states that the company has chosen whom to invite while the brief waited.
    """
    answers, now = dict(brief.answers), clock.now()
    deadline = clock.end_of_day(dt.date.fromisoformat(answers["response_deadline"]))
    brief.answers = answers
    brief.state = BriefState.PUBLISHED
    brief.open_door = bool(answers["open_door"])
    brief.name_hidden = answers["visibility"] == "hidden"
    brief.published_at = now
    brief.deadline = deadline
    brief.question_deadline = deadlines.question_deadline(now, deadline)
    brief.services = [
        BriefService(code=code, category=taxonomy.group_of(code)) for code in answers["services"]
    ]
    add_version(publisher_id, brief, now)
    bump_revision(brief)
    record(viewer, "brief.publish", "brief", brief.reference, version=1, deadline=deadline.isoformat())
    send(
        notices.brief_published(brief.title, brief.reference, deadline, is_choice_made=is_choice_made),
        company_recipients(brief, except_viewer=viewer),
    )
    if brief.company.is_known:
        garden_notice = notices.brief_published_in_area(brief.company.name, brief.title, brief.reference)
        send(garden_notice, garden_recipients(brief))


def add_version(publisher_id: int | None, brief: Brief, now: dt.datetime) -> None:
    """Store a brief's answers as its next version, which never changes afterwards."""
    brief.versions.append(
        BriefVersion(
            number=len(brief.versions) + 1,
            guide_version=brief.guide_version,
            title=brief.title,
            answers=dict(brief.answers),
            published_at=now,
            published_by_id=publisher_id,
            quality=coach.quality(guide.load(brief.guide_version), brief.answers).score,
        )
    )
    session.flush()


def extend_deadline(viewer: Viewer, reference: str, day: dt.date, *, nobody_answered: bool = False) -> Brief:
    """Extend the reply deadline by the rules of `deadlines`. Raises RuleBroken.

    After the deadline it can be extended only if no offers were submitted, which the caller states in `nobody_answered`.
    """
    with transaction():
        brief = brief_for_transition("extend", viewer, reference)
        published, deadline = brief.published_at, brief.deadline
        if published is None or deadline is None:
            raise RuleBroken(_("This brief has not been published."))
        if queries.phase_of(brief) is Phase.EVALUATING and (not nobody_answered or brief.opened_early_at):
            raise RuleBroken(
                _(
                    "The deadline has passed and cannot be changed. Make a copy of the brief if you want to ask again."
                )
            )
        if not deadlines.can_extend_again(brief.extensions):
            raise RuleBroken(
                ngettext(
                    "The deadline has been moved %(num)s time and cannot be moved again.",
                    "The deadline has been moved %(num)s times and cannot be moved again.",
                    brief.extensions,
                ),
                "deadline",
            )
        latest = deadlines.latest_extension(published)
        if not max(clock.to_local(deadline).date(), clock.today()) < day <= latest:
            raise RuleBroken(
                _(
                    "Choose a date after the current deadline and no later than %(date)s.",
                    date=format_date(latest),
                ),
                "deadline",
            )
        deadline = move_deadline(brief, clock.end_of_day(day))
        brief.extensions += 1
        bump_revision(brief)
        record(viewer, "brief.extend", "brief", brief.reference, deadline=deadline.isoformat())
        message = notices.brief_extended(
            brief.title, brief.reference, deadline, partial(queries.deadline_calendar, brief)
        )
        send(message, [*involved_recipients(brief), *company_recipients(brief, except_viewer=viewer)])
        return brief


def move_deadline(brief: Brief, deadline: dt.datetime) -> dt.datetime:
    """Set a new reply deadline and return it, inside the caller's transaction. E-mail that still waits names it."""
    if brief.deadline is not None:
        move_mail_deadline(brief.versions[-1].title, brief.deadline, deadline)
    brief.deadline = deadline
    brief.question_deadline = deadlines.question_deadline(clock.now(), deadline)
    return deadline


def withdraw(viewer: Viewer, reference: str, reason: str) -> Brief:
    """Withdraw a brief that has been published, also a paused one, for good, and notify everyone involved.

    Raises RuleBroken without a reason.
    """
    with transaction():
        brief = brief_for_transition("withdraw", viewer, reference)
        if len(reason) < MIN_REASON_LENGTH:
            raise RuleBroken(_("Give a reason. The suppliers have spent time on this."), "reason")
        recipients = [
            *involved_recipients(brief),
            *company_recipients(brief, except_viewer=viewer),
        ]
        if brief.state == BriefState.WAITING and (review := queries.open_review(brief)):  # paused
            review.withdrawn_at = clock.now()
        brief.state = BriefState.WITHDRAWN
        brief.closed_at = clock.now()
        brief.closed_reason = reason
        bump_revision(brief)
        hooks.run_withdrawal_hooks(viewer, brief)
        record(viewer, "brief.withdraw", "brief", brief.reference)
        calendar = partial(queries.withdrawal_calendar, brief)
        send(notices.brief_withdrawn(brief.title, brief.reference, reason, calendar), recipients)
        notice = notices.brief_withdrawn(brief.title, brief.reference, reason, calendar, brief.company.name)
        send(notice, garden_recipients(brief))
        return brief
