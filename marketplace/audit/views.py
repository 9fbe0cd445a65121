"""The administrator's view of the record."""

from flask import Blueprint, render_template, request

from marketplace.audit import queries
from marketplace.web import access

blueprint = Blueprint("audit", __name__)


@blueprint.get("/admin/audit")
@access.admin
def index() -> str:
    """What was done, newest first. It names acts and objects, never the content of an offer."""
    action = request.args.get("action", "")[:60].strip()
    page = queries.events(request.args.get("page", 1, type=int), action)
    return render_template("audit/index.html", page=page, action=action)
