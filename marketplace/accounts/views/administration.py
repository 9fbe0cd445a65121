"""Closing accounts and removing second factors, for administrators. The list of users is in `pages`."""

from flask import request, url_for

from marketplace.accounts import queries, use_cases
from marketplace.accounts.views.base import blueprint
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.confirmation import confirmation_page
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/admin/users/<int:user_id>/active", methods=["GET", "POST"])
@access.admin
def admin_user_active(user_id: int) -> ViewResponse:
    """Close an account after confirmation, or reopen it."""
    user = queries.get_user(user_id)
    if request.method == "GET":
        return confirmation_page(
            _("Close the account of %(name)s", name=user.name),
            [
                _("%(name)s is signed out everywhere and cannot sign in.", name=user.name),
                _("Links that have been e-mailed to the person stop working."),
                _("Nothing is deleted. Briefs and offers of the organisation continue."),
                _("You can reopen the account at any time from the list of users."),
            ],
            _("Close the account"),
            url_for("pages.admin_users"),
            {"active": "no"},
        )
    active = request.form.get("active") == "yes"
    use_cases.set_active(current_viewer(), user_id, active=active)
    flashes.done(
        _("The account of %(name)s has been reopened.", name=user.name)
        if active
        else _(
            "The account of %(name)s has been closed. Choose “Reopen” below to undo it.",
            name=user.name,
        )
    )
    return see_other("pages.admin_users", q=user.email)


@blueprint.route("/admin/users/<int:user_id>/second-step", methods=["GET", "POST"])
@access.admin
def admin_reset_two_factor(user_id: int) -> ViewResponse:
    """Remove a user's lost second factor after confirmation."""
    user = queries.get_user(user_id)
    if request.method == "GET":
        return confirmation_page(
            _("Remove two-step sign-in for %(name)s", name=user.name),
            [
                _("%(name)s is signed out and notified by e-mail.", name=user.name),
                _("Until it is set up again, the password alone gives access to the account."),
                _("Check first that it really is this person who asks, for instance by phone."),
                _("You cannot undo this: only the person can set it up again."),
            ],
            _("Remove two-step sign-in"),
            url_for("pages.admin_users"),
        )
    use_cases.reset_two_factor(current_viewer(), user_id)
    flashes.done(
        _("Two-step sign-in has been removed. The person has been signed out and notified by e-mail.")
    )
    return see_other("pages.admin_users", q=user.email)
