"""The user's own data: export and erasure."""

from pathlib import Path

from flask import Blueprint, current_app, jsonify, render_template
from flask_login import logout_user

from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.privacy import queries, use_cases
from marketplace.privacy.forms import EraseAccountForm
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/account/data")
@access.signed_in
def own_data() -> ViewResponse:
    """Show the choices for the user's data."""
    return _page(EraseAccountForm())


@blueprint.get("/account/data/export")
@access.signed_in
def export() -> ViewResponse:
    """Download the user's data as a JSON file."""
    answer = jsonify(queries.export_personal_data(current_viewer()))
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="mine-data-{clock.today().isoformat()}.json"'
    )
    return answer


@blueprint.post("/account/data/erase")
@access.reads_and_writes(access.Level.SIGNED_IN, because="users erase their own account")
def erase() -> ViewResponse:
    """Erase the account."""
    viewer, form = current_viewer(), EraseAccountForm()
    if form.saves(lambda: use_cases.erase_own_account(viewer, Path(current_app.instance_path) / "mail")):
        logout_user()
        flashes.done(_("Your account has been erased."))
        return see_other("pages.front")
    return _page(form)


def _page(form: EraseAccountForm) -> str:
    closed = queries.organisations_closed_with(current_viewer().user_id or 0)
    return render_template("privacy/own_data.html", form=form, closed=closed)
