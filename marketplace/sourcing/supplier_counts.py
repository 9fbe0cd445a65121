"""The numbers that pages state about a brief's suppliers, each with one definition.

- "in the list": ranked for the brief, at most MAX_RANKED
- "fit": meet every requirement and the budget, and are approved for a confirmed service, clearly write about one or
  have shown a job with one
- "invited": all that the company has invited, including those that have declined
"""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.i18n import gettext as _, ngettext
from marketplace.sourcing.lifecycle import InvitationState
from marketplace.sourcing.limits import MAX_INVITED
from marketplace.sourcing.models import Invitation


def list_sentence(listed: int, fits: int, *, with_reasons: bool = True) -> str:
    """Return the sentence that relates the number of suppliers in the list to the number that fit.

    `with_reasons` points to what the others lack, on pages that state it.
    """
    in_list = ngettext("%(num)s supplier is in the list.", "%(num)s suppliers are in the list.", listed)
    if fits > listed:
        return in_list + " " + _("They are the closest matches among the %(fits)s that fit.", fits=fits)
    if fits == listed:
        return in_list + (" " + _("All of them fit the brief.") if listed else "")
    rest = ngettext("%(num)s of them fits the brief.", "%(num)s of them fit the brief.", fits)
    reasons = " " + _("What the others lack is stated under each.") if with_reasons else ""
    return f"{in_list} {rest}{reasons}"


@dataclass(frozen=True, slots=True)
class InvitationCounts:
    """The invitations of a brief: all, those that declined, and how many more are allowed."""

    invited: int
    declined: int
    left: int


def invitation_counts(invitations: Sequence[Invitation], pending: int, invite_count: int) -> InvitationCounts:
    """Count a brief's invitations. `pending` is the number of those by e-mail that nobody has accepted. `invite_count` is the company's own limit, or 0 if it has not set one."""
    invited = len(invitations)
    declined = sum(row.state == InvitationState.DECLINED for row in invitations)
    limit = min(invite_count or MAX_INVITED, MAX_INVITED)
    left = min(limit - (invited - declined), MAX_INVITED - invited) - pending
    return InvitationCounts(invited, declined, max(left, 0))
