"""Emergency access: an administrator reads a brief's sealed content for a limited time, with a written reason."""

import datetime as dt

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.models import Brief
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.models.offers import EmergencyAccess, Proposal
from marketplace.proposals.use_cases.transitions import supplier_recipients

EMERGENCY_ACCESS_MINUTES = 60
MIN_REASON_LENGTH = 20


def grant_emergency_access(viewer: Viewer, reference: str, reason: str) -> EmergencyAccess:
    """Let an administrator read a brief's sealed content for EMERGENCY_ACCESS_MINUTES, and notify those affected.

    Access is granted to a brief, not to an offer, so that neither the request nor the notice to the company reveals
    whether an offer exists. Raises RuleBroken for a missing reason or an unknown brief, and Forbidden if the viewer is not
    an administrator.
    """
    if not viewer.is_admin:
        raise Forbidden
    with transaction():
        brief = session.scalar(select(Brief).where(Brief.reference == reference, Brief.deleted_at.is_(None)))
        if brief is None:
            raise RuleBroken(_("There is no brief with this reference."), "reference")
        if len(reason) < MIN_REASON_LENGTH:
            raise RuleBroken(
                _("Give the reason in a sentence. It will be read by those it affects."), "reason"
            )
        now = clock.now()
        access = EmergencyAccess(
            brief_id=brief.id,
            by_id=viewer.user_id,
            reason=reason,
            at=now,
            until=now + dt.timedelta(minutes=EMERGENCY_ACCESS_MINUTES),
        )
        session.add(access)
        session.flush()
        until = access.until
        record(viewer, "seal.break", "brief", brief.reference, glass=access.id, until=until.isoformat())
        title = brief.versions[-1].title if brief.versions else brief.title
        notice = notices.emergency_access_granted(title, brief.reference, reason, until)
        send(notice, company_recipients(brief))
        for proposal in session.scalars(select(Proposal).where(Proposal.brief_id == brief.id)):
            notice = notices.offer_read_by_admin(title, brief.reference, reason, until)
            send(notice, supplier_recipients(proposal))
        return access
