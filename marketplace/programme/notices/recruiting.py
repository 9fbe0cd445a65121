"""Invitations to a course, written by a member of the garden."""

from collections.abc import Sequence

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.programme.models.participation import Participation


@as_message("course_invitation")
def course_invitation(participation: Participation, subject: str, paragraphs: Sequence[str]) -> Content:
    """Invite a company to a course, with a personal link to sign up or decline."""
    return Content(subject, paragraphs, participation.path, _("See the course and answer"))
