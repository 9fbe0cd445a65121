"""Reminders of the end of the project for the plan, and requests for feedback on a session."""

import datetime as dt

from marketplace.core import clock
from marketplace.core.i18n import format_date, gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.programme.feedback import ANSWER_DAYS
from marketplace.programme.models.sessions import CourseSession


@as_message("plan_deadline", topic=Topic.STRATEGY)
def plan_deadline(project: str, ends_on: dt.date) -> Content:
    """Remind a company to complete its strategy before its project ends."""
    day = format_date(ends_on)
    return Content(
        _("Complete your digital strategy by %(date)s", date=day),
        [
            _(
                "%(project)s ends on %(date)s. Your strategy counts in its results if it is complete by then.",
                project=project,
                date=day,
            ),
            _("The plan shows what is missing. Your business garden can help you."),
        ],
        "/plan",
        _("Open the plan"),
        expires_at=clock.end_of_day(ends_on),
    )


@as_message("feedback_asked")
def feedback_asked(course_session: CourseSession, token: str) -> Content:
    """Ask a contact person about a session that the company attended."""
    return Content(
        _("How was “%(title)s”?", title=course_session.heading),
        [
            _(
                "Thank you for coming. Four taps and, if you like, a sentence help us make the next session better."
            ),
            _("You can change your answers for %(num)s days.", num=ANSWER_DAYS),
        ],
        f"/sessions/{token}/feedback",
        _("Give feedback"),
    )


@as_message("feedback_ready", topic=Topic.AREA)
def feedback_ready(course_session: CourseSession) -> Content:
    """Notify the members of the garden of the first feedback on a session."""
    return Content(
        _("Feedback on “%(title)s”", title=course_session.heading),
        [
            _(
                "The first company has answered about %(cohort)s, %(date)s. The page of the session shows the averages and comments as more answers arrive.",
                cohort=course_session.cohort.name,
                date=format_date(course_session.starts_at),
            )
        ],
        f"/programme/{course_session.cohort.project.slug}/sessions/{course_session.id}",
        _("See the feedback"),
    )
