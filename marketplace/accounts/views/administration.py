"""The administrators' list of users."""

from flask import render_template, request

from marketplace.accounts import queries, use_cases
from marketplace.accounts.views.base import Answer, blueprint
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer


@blueprint.get("/admin/users")
@access.admin
def admin_users() -> Answer:
    """Search users."""
    text = query_arg("q")
    page = queries.users(text, page_arg())
    return render_template("accounts/admin_users.html", page=page, text=text)


@blueprint.post("/admin/users/<int:user_id>/active")
@access.admin
def admin_user_active(user_id: int) -> Answer:
    """Close or reopen an account."""
    active = request.form.get("active") == "yes"
    use_cases.set_active(current_viewer(), user_id, active=active)
    flashes.done(
        _("The account has been reopened.")
        if active
        else _("The account has been closed, and the person has been signed out.")
    )
    return see_other("accounts.admin_users", q=request.form.get("q", "")[:100])


@blueprint.post("/admin/users/<int:user_id>/second-step")
@access.admin
def admin_reset_two_factor(user_id: int) -> Answer:
    """Remove a user's lost second factor."""
    use_cases.reset_two_factor(current_viewer(), user_id)
    flashes.done(
        _("Two-step sign-in has been removed. The person has been signed out and notified by e-mail.")
    )
    return see_other("accounts.admin_users", q=request.form.get("q", "")[:100])
