"""Current state of an offer, for recipients of a message whose link to the letter no longer works."""

import re

from marketplace.briefs.models import Brief
from marketplace.briefs.queries.link_status import brief_status
from marketplace.core.database import session
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.hooks import LinkStatus
from marketplace.proposals.models.offers import Proposal

_PATH = re.compile(r"/proposals/(\d{1,10})/letter")


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
