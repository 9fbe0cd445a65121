"""A supplier's own profile with its approvals, and sending an application again."""

from flask import render_template

from marketplace.core.i18n import gettext as _
from marketplace.suppliers.completeness import format_area, missing_fields
from marketplace.suppliers.forms import choices
from marketplace.suppliers.queries import own_supplier
from marketplace.suppliers.views import FOR_OWNERS, TITLES
from marketplace.vetting import queries, rules, use_cases
from marketplace.vetting.forms import SubmitAgainForm
from marketplace.vetting.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/profile")
@access.supplier
def profile() -> ViewResponse:
    """Show the profile, its approvals and what to do next."""
    return _profile_page(SubmitAgainForm(formdata=None), None)


def _profile_page(form: SubmitAgainForm, failed: int | None) -> str:
    """Render the profile. `failed` is the vetting whose form has errors."""
    viewer = current_viewer()
    supplier = own_supplier(viewer)
    vettings = queries.vettings_of(supplier.id, with_garden=True)
    return render_template(
        "vetting/profile.html",
        supplier=supplier,
        vettings=vettings,
        listed=queries.listed(vettings),
        missing_fields=missing_fields(supplier),
        titles=TITLES,
        for_owners=FOR_OWNERS,
        status_of=queries.status_of,
        rules=rules,
        recourses=queries.recourse_by_vetting(viewer, vettings),
        form=form,
        failed=failed,
        area=format_area(supplier),
        language_names=choices.language_names(supplier),
    )


@blueprint.post("/profile/vetting/<int:vetting_id>")
@access.supplier_owner
def submit_again(vetting_id: int) -> ViewResponse:
    """Send an application again, or ask for renewal."""
    form = SubmitAgainForm()
    if form.saves(lambda: use_cases.submit_again(current_viewer(), vetting_id, form.note.data or "")):
        flashes.done(_("Sent to the business garden."))
        return see_other("vetting.profile")
    return _profile_page(form, vetting_id)
