"""Blueprint of the vetting pages, and labels of the statuses."""

from flask import Blueprint

from marketplace.core.i18n import lazy_gettext as _l

blueprint = Blueprint("vetting", __name__)
STATUSES = {
    "waiting": _l("Waiting for you"),
    "submitted": _l("Applied"),
    "changes_requested": _l("Asked the supplier"),
    "approved": _l("Approved"),
    "due": _l("Due for renewal"),
    "dormant": _l("Expired"),
    "refused": _l("Refused"),
    "suspended": _l("Suspended"),
    "paused": _l("Paused"),
}
