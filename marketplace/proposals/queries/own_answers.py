"""States of a supplier's own offers, for lists of open briefs."""

from collections.abc import Sequence

from sqlalchemy import select

from marketplace.core.database import session
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.viewer import Viewer
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.models.offers import Proposal

_LABELS = {
    ProposalState.DRAFT: _("Your offer has not been sent yet"),
    ProposalState.SUBMITTED: _("Your offer has been sent"),
    ProposalState.WITHDRAWN: _("You have withdrawn your offer"),
}


def own_answers(viewer: Viewer, brief_ids: Sequence[int]) -> dict[int, str]:
    """Return the states of the viewer's offers as texts, by id of the open brief."""
    if not (viewer.is_supplier and brief_ids):
        return {}
    query = select(Proposal.brief_id, Proposal.state).where(
        Proposal.supplier_id == viewer.organisation_id, Proposal.brief_id.in_(brief_ids)
    )
    rows = session.execute(query)
    return {brief_id: str(_LABELS[ProposalState(state)]) for brief_id, state in rows if state in _LABELS}
