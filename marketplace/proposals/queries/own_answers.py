"""The viewer's own offers: their states in the list of open briefs, and the state behind a link that no longer works."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from marketplace.briefs.models import Brief
from marketplace.briefs.queries.link_status import brief_status
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.outbox.hooks import LinkStatus
from marketplace.proposals.lifecycle import ProposalState
from marketplace.proposals.models.offers import Proposal

_PATH = re.compile(r"/proposals/(\d{1,10})/letter")
_LABELS = {
    ProposalState.DRAFT: _l("Your offer has not been sent yet"),
    ProposalState.SUBMITTED: _l("Your offer has been sent"),
    ProposalState.WITHDRAWN: _l("You have withdrawn your offer"),
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


def letter_link_status(viewer: Viewer, path: str) -> LinkStatus | None:
    """Explain what happened to a letter that a message linked to; None for a link to another page."""
    match = _PATH.fullmatch(path)
    proposal = session.get(Proposal, int(match[1])) if match else None
    if match is None:
        return None
    if proposal is None or proposal.supplier_id != viewer.organisation_id:
        return LinkStatus([_("You can no longer read the letter.")])
    brief = session.get_one(Brief, proposal.brief_id)
    status = brief_status(viewer, brief.reference)
    line = _(
        "The decision in the letter no longer applies. A new letter is sent when there is a new decision."
    )
    return LinkStatus([line, *status.lines], status.link, status.label)
