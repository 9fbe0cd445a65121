"""Current state of a brief, for recipients of a message whose link to the brief no longer works."""

import re

from sqlalchemy import select

from marketplace.briefs.lifecycle import PHASE_LABELS, BriefState, Phase
from marketplace.briefs.models import Brief, BriefReview
from marketplace.briefs.queries.briefs import brief_for, phase_of
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import follows
from marketplace.outbox.hooks import LinkStatus

_PATH = re.compile(r"/briefs/([^/]+)(/.*)?")


def brief_link_status(viewer: Viewer, path: str) -> LinkStatus | None:
    """Explain what happened to a brief whose page a message linked to; None for a link to another page."""
    match = _PATH.fullmatch(path)
    return None if match is None else brief_status(viewer, match[1])


def brief_status(viewer: Viewer, reference: str) -> LinkStatus:
    """Return the current state of a brief, with a link if the viewer can read it."""
    try:
        brief = brief_for(viewer, reference)
    except NotFound:
        return LinkStatus(_hidden_lines(viewer, reference))
    phase = phase_of(brief)
    lines = [_("The brief is now: %(state)s.", state=PHASE_LABELS[phase])]
    if brief.closed_at is not None and phase is not Phase.OPEN:
        lines.append(_("It was closed on %(date)s.", date=format_date(brief.closed_at)))
    return LinkStatus(lines, f"/briefs/{brief.reference}", _("See the brief"))


def _hidden_lines(viewer: Viewer, reference: str) -> list[str]:
    """Describe the state of a brief that the viewer can no longer read, without revealing its content."""
    brief = session.scalar(select(Brief).where(Brief.reference == reference))
    if brief is None or brief.state == BriefState.DELETED:
        return [_("The brief has been deleted.")]
    if follows(viewer, brief.company):
        return [
            *_answer_lines(brief),
            _("The draft is with %(company)s, who is working on it.", company=brief.company.name),
            _("You can read it when they ask for a review again, or when it is published."),
        ]
    if viewer.is_supplier and brief.state == BriefState.WAITING and brief.versions:
        return [
            _("The brief is paused, while a business garden checks the company."),
            _("What you have written is kept. You get a message if it opens again."),
        ]
    if viewer.is_supplier and phase_of(brief) is not Phase.OPEN:
        return [
            _("The brief no longer accepts new answers, and only the suppliers that answered can read it.")
        ]
    return [_("The brief is no longer open to you.")]


def _answer_lines(brief: Brief) -> list[str]:
    """Say who answered or withdrew the newest review request, and when. Empty if it is pending."""
    query = select(BriefReview).where(BriefReview.brief_id == brief.id)
    review = session.scalar(query.order_by(BriefReview.asked_at.desc(), BriefReview.id.desc()).limit(1))
    if review is None:
        return []
    if review.withdrawn_at is not None:
        return [_("The company withdrew the draft on %(date)s.", date=format_date(review.withdrawn_at))]
    if review.answered_at is None:
        return []
    if review.answered_by is None:
        return [_("The request was answered on %(date)s.", date=format_date(review.answered_at))]
    name, date = review.answered_by.name, format_date(review.answered_at)
    return [_("%(name)s answered on %(date)s.", name=name, date=date)]
