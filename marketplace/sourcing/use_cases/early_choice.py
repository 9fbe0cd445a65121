"""Choose whom to invite while a brief waits for its garden; the invitations are sent when it opens.

The choice belongs to the review request, so pulling the brief back drops it.
"""

from collections.abc import Sequence

from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import open_review, own_brief, phase_of, view_of
from marketplace.briefs.use_cases.authorization import lock
from marketplace.core.database import transaction
from marketplace.core.errors import Conflict, Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.queries.what_if import Scenario, what_if_for
from marketplace.sourcing.use_cases.invitations import add_invitation, check_limits, require_invitable


def choose_before_opening(viewer: Viewer, reference: str, supplier_ids: Sequence[int]) -> int:
    """Store whom to invite when a waiting brief opens, in place of an earlier choice; return the number of suppliers.

    Suppliers that would not be listed now are left out. Raises RuleBroken if there are more than the brief allows, and
    Conflict if the brief does not wait for its first opening.
    """
    with transaction():
        lock(reference)
        brief = own_brief(viewer, reference)
        if not viewer.is_owner:
            raise Forbidden
        review = open_review(brief)
        if review is None or phase_of(brief) is not Phase.WAITING or brief.versions:
            raise Conflict(
                _("The brief has changed status since you opened the page. Check its current status.")
            )
        listed = what_if_for(view_of(viewer, brief), Scenario()).candidates
        chosen = [item.supplier_id for item in listed if item.supplier_id in set(supplier_ids)]
        check_limits(brief, len(chosen), [])
        review.chosen_suppliers = chosen
        record(viewer, "brief.choose_early", "brief", brief.reference, suppliers=chosen)
        return len(chosen)


def invite_chosen(brief: Brief, run: RankingRun) -> None:
    """Invite the suppliers that were chosen before a brief opened, inside the caller's transaction.

    Suppliers that have since paused or lost their approval are skipped.
    """
    review = brief.reviews[-1]
    for supplier_id in review.chosen_suppliers:
        try:
            require_invitable(brief, supplier_id)
        except RuleBroken:
            continue
        add_invitation(None, brief, run, supplier_id, review.asked_by_id)
