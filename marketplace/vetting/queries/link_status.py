"""Current state of applications, refusals and appeals, for recipients whose link no longer works."""

import re

from marketplace.core.database import session
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.outbox.hooks import LinkStatus
from marketplace.vetting import second_review_rules
from marketplace.vetting.models import Appeal, Refusal

_PATH = re.compile(r"/vetting/(?:(refusals|appeals)/)?(\d{1,10})(?:/.*)?")


def vetting_link_status(viewer: Viewer, path: str) -> LinkStatus | None:
    """Explain a link to an application, a proposed refusal or an appeal, to a viewer who was sent it."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    link, label = ("/vetting", _("See the applications")) if viewer.is_garden else ("", "")
    if match[1] == "refusals":
        lines = _refusal_lines(session.get(Refusal, int(match[2])))
    elif match[1] == "appeals":
        lines = _appeal_lines(session.get(Appeal, int(match[2])))
    else:
        lines = [_("The application is handled by another business garden now, or has been withdrawn.")]
    return LinkStatus(lines, link, label)


def _refusal_lines(refusal: Refusal | None) -> list[str]:
    if refusal is None:
        return [_("The proposed refusal no longer exists.")]
    if refusal.state == second_review_rules.PROPOSED:
        return [_("The proposed refusal is waiting for another curator.")]
    if refusal.state == second_review_rules.WITHDRAWN:
        return [_("The proposed refusal has been withdrawn.")]
    if refusal.decided_by is None or refusal.decided_at is None:
        return [_("The proposed refusal has been decided.")]
    values = {"name": refusal.decided_by.name, "date": format_date(refusal.decided_at)}
    if refusal.state == second_review_rules.CONFIRMED:
        return [_("%(name)s confirmed the refusal on %(date)s.", **values)]
    return [_("%(name)s returned the refusal on %(date)s.", **values)]


def _appeal_lines(appeal: Appeal | None) -> list[str]:
    if appeal is None:
        return [_("The appeal no longer exists.")]
    if appeal.decided_by is None or appeal.decided_at is None:
        return [_("Another business garden decides the appeal.")]
    return [
        _(
            "%(name)s decided the appeal on %(date)s.",
            name=appeal.decided_by.name,
            date=format_date(appeal.decided_at),
        )
    ]
