"""Invitations by e-mail: queued for the chosen companies, sent at intervals, and stopped on request."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import prepared, session, transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _, use_locale
from marketplace.core.viewer import Viewer
from marketplace.outbox.limits import MAX_MAILING_PER_HOUR, UNDO_MINUTES
from marketplace.outbox.use_cases import (
    cancel_scheduled,
    last_scheduled,
    send_mail,
    subscriptions_mailed_since,
)
from marketplace.programme.lifecycle import ENROLLED_STATES, ParticipationActor, ParticipationState
from marketplace.programme.models.participation import Participation, ParticipationEvent
from marketplace.programme.models.projects import Project
from marketplace.programme.notices.sign_up import course_invitation
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.queries.recruiting import visible_participations
from marketplace.programme.use_cases.seating import (
    INVITATION_SUBSCRIPTION,
    INVITED_STATES,
    TransitionOrigin,
    change_state,
    lock_project,
)

REPEAT_HOURS = 24
BY_MAIL = "mail"
"""Reason of the event of an invitation by e-mail."""


class SkipReason(StrEnum):
    """Reason why a chosen company gets no invitation."""

    NO_ADDRESS = "no_address"
    UNSUBSCRIBED = "unsubscribed"
    LEFT = "left"
    IN_COURSE = "in_course"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Recipients:
    """The chosen companies that can be invited, and the number of the other chosen ones by reason."""

    companies: Sequence[Participation]
    skipped: Counter[SkipReason]


@dataclass(frozen=True, slots=True)
class CourseInvitationText:
    """Subject and text of an invitation. Blank lines separate the paragraphs of the text."""

    subject: str
    text: str

    @property
    def paragraphs(self) -> list[str]:
        """Return the paragraphs of the text."""
        return [part.strip() for part in self.text.split("\n\n") if part.strip()]


def suggested_invitation(project: Project) -> CourseInvitationText:
    """Return the subject and text to begin with, in the language of the project."""
    with use_locale(project.locale):
        greeting, offer, answer = (
            _("Hello,"),
            _(
                "We invite you to %(course)s: practical afternoons for small companies near you.",
                course=project.name,
            ),
            _("With the link below you see dates and places, and sign up or decline. You need no account."),
        )
        return CourseInvitationText(
            _("Invitation to %(course)s", course=project.name),
            "\n\n".join(
                (greeting, offer, *([project.about] if project.about else []), answer, project.garden.name)
            ),
        )


def find_recipients(viewer: Viewer, access: ProjectAccess, participation_ids: Collection[int]) -> Recipients:
    """Return which of the chosen companies can be invited. Companies that the viewer may not see are left out."""
    query = visible_participations(viewer, access).where(Participation.id.in_(participation_ids))
    return check_recipients(session.scalars(query.order_by(Participation.id)).all())


def check_recipients(chosen: Sequence[Any]) -> Recipients:
    """Return which of the chosen participations, or rows with their columns, can be invited."""
    reasons = [_skip_reason(one) for one in chosen]
    skipped = Counter(reason for reason in reasons if reason)
    subscriptions = {
        f"{INVITATION_SUBSCRIPTION}{one.id}": one
        for one, reason in zip(chosen, reasons, strict=True)
        if not reason
    }
    if subscriptions:
        recent = subscriptions_mailed_since(subscriptions, clock.now() - dt.timedelta(hours=REPEAT_HOURS))
        skipped += Counter({SkipReason.RECENT: len(recent)})
        subscriptions = {key: one for key, one in subscriptions.items() if key not in recent}
    return Recipients(list(subscriptions.values()), skipped)


def _skip_reason(one: Any) -> SkipReason | None:
    if one.state in ENROLLED_STATES:
        return SkipReason.IN_COURSE
    if one.state not in INVITED_STATES:
        return SkipReason.LEFT
    if not one.wants_invitations:
        return SkipReason.UNSUBSCRIBED
    if not one.contact_email:
        return SkipReason.NO_ADDRESS
    return None


def send_invitations(
    viewer: Viewer, slug: str, participation_ids: Collection[int], invitation: CourseInvitationText
) -> tuple[int, dt.datetime]:
    """Queue an invitation for each chosen company that can be invited; return their number and the last one's time.

    The first is sent when it can no longer be undone, the others at intervals, at most MAX_MAILING_PER_HOUR for a project.
    Raises RuleBroken if no company can be invited or sign-up is closed.
    """
    with transaction():
        access = project_for(viewer, slug)
        project = access.project
        lock_project(project.id)
        if not project.is_public:
            raise RuleBroken(
                _("Open the project for sign-up first. Until then, invited companies cannot sign up.")
            )
        session.expire_all()
        companies = find_recipients(viewer, access, participation_ids).companies
        if not companies:
            raise RuleBroken(_("None of the chosen companies can be invited by e-mail."))
        times = _schedule(project, len(companies))
        for one, at in zip(companies, times, strict=True):
            is_interested = one.state == ParticipationState.INTERESTED
            transition = "invite_interested" if is_interested else "invite"
            change_state(one, transition, TransitionOrigin(ParticipationActor.GARDEN, viewer, BY_MAIL))
            notice = course_invitation(one, invitation.subject, invitation.paragraphs)
            send_mail(
                notice,
                one.contact_email,
                project.locale,
                subscription=f"{INVITATION_SUBSCRIPTION}{one.id}",
                mailing=f"project:{project.id}",
                at=at,
            )
        return len(companies), times[-1]


def _schedule(project: Project, count: int) -> list[dt.datetime]:
    """Return the times at which to send invitations, after the invitations that the project has queued already."""
    step = dt.timedelta(hours=1) / MAX_MAILING_PER_HOUR
    query = select(Participation.id).where(Participation.project_id == project.id)
    queued = last_scheduled([f"{INVITATION_SUBSCRIPTION}{number}" for number in session.scalars(query)])
    first = clock.now() + dt.timedelta(minutes=UNDO_MINUTES)
    if queued is not None:
        first = max(first, queued + step)
    return [first + index * step for index in range(count)]


def undo_invitations(viewer: Viewer, slug: str) -> int:
    """Stop the viewer's invitations of the last UNDO_MINUTES that have not been sent; return their number.

    Companies that were leads before become leads again. Raises Conflict if there is nothing to stop.
    """
    with transaction():
        access = project_for(viewer, slug)
        lock_project(access.project.id)
        events = _recent_events(viewer, access)
        cancelled = cancel_scheduled([f"{INVITATION_SUBSCRIPTION}{number}" for number in events])
        for participation_id, event in events.items():
            one = session.get_one(Participation, participation_id)
            was_lead = event.from_state == ParticipationState.LEAD and one.state == ParticipationState.INVITED
            if f"{INVITATION_SUBSCRIPTION}{participation_id}" in cancelled and was_lead:
                change_state(one, "undo_invite", TransitionOrigin(ParticipationActor.GARDEN, viewer))
        if not cancelled:
            raise Conflict(_("The invitations have been sent, or there are none to stop."))
        return len(cancelled)


def can_undo(viewer: Viewer, access: ProjectAccess) -> bool:
    """Return True if invitations that the viewer queued in the last UNDO_MINUTES have not been sent or stopped."""
    events = _recent_events(viewer, access)
    subscriptions = [f"{INVITATION_SUBSCRIPTION}{number}" for number in events]
    return bool(events) and last_scheduled(subscriptions) is not None


_RECENT_EVENTS = prepared(
    select(ParticipationEvent)
    .join(Participation, Participation.id == ParticipationEvent.participation_id)
    .where(
        Participation.project_id == bindparam("project_id"),
        ParticipationEvent.transition.in_(("invite", "invite_interested")),
        ParticipationEvent.reason == BY_MAIL,
        ParticipationEvent.user_id == bindparam("user_id"),
        ParticipationEvent.at > bindparam("since"),
    )
    .order_by(ParticipationEvent.id)
)


def _recent_events(viewer: Viewer, access: ProjectAccess) -> dict[int, ParticipationEvent]:
    """Return the events of the viewer's e-mailed invitations of the last UNDO_MINUTES, by participation."""
    since = clock.now() - dt.timedelta(minutes=UNDO_MINUTES)
    params = {"project_id": access.project.id, "user_id": viewer.user_id, "since": since}
    return {event.participation_id: event for event in session.scalars(_RECENT_EVENTS, params)}


def course_subscription(subscription: str, end: bool) -> str | None:  # noqa: FBT001 because the hook defines it
    """Describe the invitations to a course that a subscription stands for; with `end`, stop them. None for another subscription."""
    number = subscription.removeprefix(INVITATION_SUBSCRIPTION)
    if number == subscription or not number.isdigit():
        return None
    with transaction():
        one = session.get(Participation, int(number), with_for_update=end)
        if one is None:
            return None
        if end and one.wants_invitations:
            one.wants_invitations = False
            cancel_scheduled([subscription])
            record(None, "participation.unsubscribe", "participation", one.id)
        return _("Invitations to %(course)s", course=one.project.name)
