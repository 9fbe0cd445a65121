"""Notices to colleagues in a company who score the offers together."""

from marketplace.core.i18n import gettext as _
from marketplace.outbox.messages import Content, as_message
from marketplace.outbox.topics import Topic
from marketplace.proposals.limits import MAX_SCORERS


@as_message("scoring_begun", topic=Topic.SCORING)
def scoring_begun(name: str, title: str, reference: str) -> Content:
    """Notify colleagues that one of them has begun to score alone, so that they can give their own scores."""
    return Content(
        _("%(name)s has started scoring", name=name),
        [
            _("This is about the offers on “%(title)s”.", title=title),
            _(
                "Up to %(num)s of you give scores alone first. You can give yours too, before the round closes. Then you agree on the scores that count.",
                num=MAX_SCORERS,
            ),
        ],
        f"/briefs/{reference}/proposals/scores",
        _("Give your own scores"),
    )


@as_message("scoring_closed", topic=Topic.SCORING)
def scoring_closed(name: str, title: str, reference: str, *, is_shared: bool) -> Content:
    """Notify colleagues that the round of individual scores is closed, with the remaining steps."""
    return Content(
        _("Agree on the scores: %(title)s", title=title)
        if is_shared
        else _("The offers have been scored: %(title)s", title=title),
        [
            _("%(name)s closed the round of individual scores.", name=name),
            _("You now see the scores of everyone. Agree on the scores that count.")
            if is_shared
            else _("The scores now count for the company. You can see and change them until you choose."),
        ],
        f"/briefs/{reference}/proposals/scores",
        _("See the scores"),
    )


@as_message("scoring_reopened", topic=Topic.SCORING)
def scoring_reopened(name: str, title: str, reference: str) -> Content:
    """Notify the scorers that the round of individual scores is open again."""
    return Content(
        _("The scoring is open again: %(title)s", title=title),
        [
            _("%(name)s reopened the round of individual scores.", name=name),
            _("Your scores are still there. Change them if you want to, before the round closes again."),
        ],
        f"/briefs/{reference}/proposals/scores",
        _("See the scores"),
    )
