"""The audit log for administrators."""

from flask import render_template

from marketplace.accounts import queries as people
from marketplace.audit import queries as audit
from marketplace.organisations import queries as organisations
from marketplace.pages.views import blueprint
from marketplace.web import access
from marketplace.web.query_args import page_arg, query_arg


@blueprint.get("/admin/audit")
@access.admin
def audit_log() -> str:
    """List audit events, newest first. Events name actions and objects, never the content of an offer."""
    action = query_arg("action", 60)
    page = audit.events(page_arg(), action)
    return render_template(
        "pages/audit_log.html",
        page=page,
        action=action,
        without_name=audit.ANONYMOUS_ACTIONS,
        names=people.names_of(event.actor_id for event in page.items),
        organisations=organisations.names_of(event.organisation_id for event in page.items),
    )
