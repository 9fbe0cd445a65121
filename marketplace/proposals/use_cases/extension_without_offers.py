"""Extension of a deadline that passed without offers."""

import datetime as dt

from marketplace.audit.queries import is_recorded
from marketplace.audit.use_cases import record
from marketplace.briefs import deadlines
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import own_brief, phase_of
from marketplace.briefs.use_cases import extend_deadline
from marketplace.briefs.use_cases.authorization import check_transition
from marketplace.core import clock
from marketplace.core.database import transaction
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.queries.offers import HIDDEN_STATES
from marketplace.proposals.use_cases.transitions import lock_brief, proposals_of


def extend_without_offers(viewer: Viewer, reference: str, day: dt.date) -> None:
    """Extend the deadline once, after it passed without offers.

    Raises RuleBroken for a date outside the allowed range, Conflict if there are offers or it was extended before.
    """
    with transaction():
        brief = lock_brief(own_brief(viewer, reference))
        check_transition(viewer, brief, "extend")
        if not can_extend_without_offers(brief):
            raise Conflict(_("The deadline can be extended once, and only if no offers were received."))
        earliest, latest = extension_range(brief)
        if not earliest <= day <= latest:
            allowed = {"first": format_date(earliest), "last": format_date(latest)}
            raise RuleBroken(_("Choose a date from %(first)s to %(last)s.", **allowed), "day")
        extend_deadline(viewer, reference, day, nobody_answered=True)
        record(viewer, "brief.extend_without_offers", "brief", brief.reference)


def can_extend_without_offers(brief: Brief) -> bool:
    """Return True if the deadline passed without offers and has not been extended for that reason before."""
    if phase_of(brief) is not Phase.EVALUATING or brief.published_at is None:
        return False
    if not deadlines.can_extend_again(brief.extensions) or was_extended_without_offers(brief):
        return False
    earliest, latest = extension_range(brief)
    return earliest <= latest and not proposals_of(brief, *(set(ProposalState) - set(HIDDEN_STATES)))


def extension_range(brief: Brief) -> tuple[dt.date, dt.date]:
    """Return the first and last date that the deadline can be extended to."""
    assert brief.published_at is not None
    return deadlines.extension_range_without_offers(clock.today(), brief.published_at)


def was_extended_without_offers(brief: Brief) -> bool:
    """Return True if the deadline was extended before because there were no offers."""
    return is_recorded("brief.extend_without_offers", "brief", brief.reference)
