"""Notices about the self-assessment."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic


@as_message("assessment_asked", topic=Topic.STRATEGY)
def assessment_asked() -> Content:
    """Tell the company that it can take the self-assessment again."""
    return Content(
        _("Take the self-assessment again"),
        [
            _("It is time to see what has changed since the last time. It takes about 6 minutes."),
            _("You get the same questions, and see the change in each subject."),
        ],
        "/plan/assessment",
        _("Begin the self-assessment"),
    )


@as_message("assessment_half_done", topic=Topic.STRATEGY)
def assessment_half_done() -> Content:
    """Remind the company of a self-assessment that it has not continued for a week."""
    return Content(
        _("Finish the self-assessment"),
        [
            _("You started the self-assessment, but have not answered for a week. Your answers are saved."),
            _("You may answer that you don't know, or skip a question. It does not lower your result."),
            _("You will get no more reminders of this."),
        ],
        "/plan/assessment",
        _("Continue"),
    )
