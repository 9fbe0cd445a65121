"""Administrators' pages about business gardens."""

from dataclasses import asdict
from typing import Any

from flask import render_template, request, url_for

from marketplace.core.i18n import gettext as _
from marketplace.organisations import queries, use_cases
from marketplace.organisations.forms import GardenForm, InviteColleagueForm, role_choices
from marketplace.organisations.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.confirmation import confirmation_page
from marketplace.web.forms.editing import edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/admin/gardens")
@access.admin
def admin_gardens() -> ViewResponse:
    """List all gardens, for administrators."""
    return render_template("organisations/admin_gardens.html", gardens=queries.all_gardens())


@blueprint.route("/admin/gardens/new", methods=["GET", "POST"])
@access.admin
def admin_garden_new() -> ViewResponse:
    """Add a garden."""
    form = GardenForm()
    if form.validate_on_submit():
        with form.catch_refusal():
            garden = use_cases.save_garden(current_viewer(), form.details())
            flashes.done(_("The business garden has been added. Invite its first curator."))
            return see_other("organisations.admin_garden", garden_id=garden.id)
    return render_template("organisations/admin_garden.html", form=form, garden=None, invite=None)


@blueprint.route("/admin/gardens/<int:garden_id>", methods=["GET", "POST"])
@access.admin
def admin_garden(garden_id: int) -> ViewResponse:
    """Change a garden and list its members."""
    form = edit(
        _garden_form,
        lambda: use_cases.garden_details(queries.garden(garden_id)),
        lambda form: use_cases.save_garden(
            current_viewer(), form.details(), garden_id, form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("organisations.admin_garden", garden_id=garden_id)
    return _garden_page(form, garden_id, InviteColleagueForm("garden", formdata=None))


@blueprint.post("/admin/gardens/<int:garden_id>/invite")
@access.admin
def admin_garden_invite(garden_id: int) -> ViewResponse:
    """Invite a person to a garden."""
    form = InviteColleagueForm("garden")
    if form.saves(
        lambda: use_cases.invite_curator(current_viewer(), garden_id, form.email.data or "", form.role.data)
    ):
        flashes.done(_("The invitation is on its way to %(email)s.", email=form.email.data))
        return see_other("organisations.admin_garden", garden_id=garden_id)
    details = asdict(use_cases.garden_details(queries.garden(garden_id)))
    return _garden_page(_garden_form(details, formdata=None), garden_id, form)


def _garden_form(data: dict[str, Any], **options: Any) -> GardenForm:
    """Build the form of a garden with its details, overlaid by the submitted values unless `formdata` is None."""
    values = data | {"municipality": data["municipality_number"]}
    return GardenForm(data=values, extra=data["covered_municipalities"], **options)


def _garden_page(form: GardenForm, garden_id: int, invite: InviteColleagueForm) -> str:
    return render_template(
        "organisations/admin_garden.html",
        form=form,
        garden=queries.garden(garden_id),
        invite=invite,
        members=queries.members(garden_id),
        invitations=queries.open_invitations(garden_id),
        roles=dict(role_choices("garden")),
    )


@blueprint.route("/admin/gardens/<int:garden_id>/active", methods=["GET", "POST"])
@access.admin
def admin_garden_active(garden_id: int) -> ViewResponse:
    """Close a garden after confirmation, or reopen it."""
    garden = queries.garden(garden_id)
    if request.method == "GET":
        return confirmation_page(
            _("Close %(garden)s", garden=garden.name),
            [
                _("People at a closed garden can no longer act for it. Its suppliers keep their approvals."),
                _(
                    "The suppliers move to the nearest open garden, with the applications that wait for an answer."
                ),
                _("Sign-up for its courses closes."),
                _(
                    "New companies in its area have no business garden until it opens again or another one covers their municipality."
                ),
                _(
                    "You can open it again from its page, as long as no other garden covers its municipalities. Its suppliers then come back, except those that the gardens have agreed to transfer."
                ),
            ],
            _("Close the garden"),
            url_for("organisations.admin_garden", garden_id=garden_id),
            {"active": "no"},
        )
    active = request.form.get("active") == "yes"
    with flashes.catch_refusal():
        use_cases.set_garden_active(current_viewer(), garden_id, active=active)
        flashes.done(_("The business garden is open.") if active else _("The business garden is closed."))
    return see_other("organisations.admin_garden", garden_id=garden_id)
