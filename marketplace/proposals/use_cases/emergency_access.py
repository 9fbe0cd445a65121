"""An administrator opens what is sealed: with a written reason, for an hour, and all whom it concerns are told."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.models import Brief
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.models import BrokenGlass, Proposal
from marketplace.proposals.use_cases.shared import company_people, supplier_people

MINUTES = 60
FEWEST_CHARACTERS = 20


def break_glass(viewer: Viewer, reference: str, reason: str) -> BrokenGlass:
    """Let an administrator read what is sealed about a brief for an hour.

    It is opened for a brief and not for an offer, so that neither the administrator beforehand nor the company
    learns from it whether there is one: the company gets the same mail either way. Raises RuleBroken without a
    reason or a brief, Forbidden for others than administrators.
    """
    if not viewer.is_admin:
        raise Forbidden
    with transaction():
        brief = session.scalar(select(Brief).where(Brief.reference == reference, Brief.deleted_at.is_(None)))
        if brief is None:
            raise RuleBroken(_("There is no brief with this reference."), "reference")
        if len(reason) < FEWEST_CHARACTERS:
            raise RuleBroken(
                _("Give the reason in a sentence. It will be read by those it affects."), "reason"
            )
        now = clock.now()
        glass = BrokenGlass(
            brief_id=brief.id,
            by_id=viewer.user_id,
            reason=reason,
            at=now,
            until=now + dt.timedelta(minutes=MINUTES),
        )
        session.add(glass)
        session.flush()
        record(viewer, "seal.break", "brief", brief.reference, glass=glass.id, until=glass.until.isoformat())
        title = brief.versions[-1].title if brief.versions else brief.title
        send(
            notices.emergency_access_granted(title, brief.reference, reason, glass.until),
            company_people(brief),
        )
        for proposal in session.scalars(select(Proposal).where(Proposal.brief_id == brief.id)):
            told = notices.offer_read_by_admin(title, brief.reference, reason, glass.until)
            send(told, supplier_people(proposal))
        return glass
