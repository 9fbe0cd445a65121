"""States of a supplier's own offers, for lists of open briefs."""

from collections.abc import Sequence

from sqlalchemy import Integer, bindparam, select

from marketplace.core.database import prepared, session
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.viewer import Viewer
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.models.offers import Proposal

_LABELS = {
    ProposalState.DRAFT: _("Your offer has not been sent yet"),
    ProposalState.SUBMITTED: _("Your offer has been sent"),
    ProposalState.WITHDRAWN: _("You have withdrawn your offer"),
}
_STATES = prepared(
    select(Proposal.brief_id, Proposal.state).where(
        Proposal.supplier_id == bindparam("supplier_id", type_=Integer()),
        Proposal.brief_id.in_(bindparam("brief_ids", expanding=True)),
    )
)


def own_answers(viewer: Viewer, brief_ids: Sequence[int]) -> dict[int, str]:
    """Return the states of the viewer's offers as texts, by id of the open brief."""
    if not (viewer.is_supplier and brief_ids):
        return {}
    rows = session.execute(_STATES, {"supplier_id": viewer.organisation_id, "brief_ids": brief_ids})
    return {brief_id: str(_LABELS[ProposalState(state)]) for brief_id, state in rows if state in _LABELS}
