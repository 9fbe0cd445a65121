"""Uploading and removing the logo and the images of case studies."""

from dataclasses import asdict

from flask import render_template

from marketplace.core.details import details_of
from marketplace.core.i18n import gettext as _
from marketplace.core.optimistic_lock import fingerprint
from marketplace.suppliers import queries, use_cases
from marketplace.suppliers.forms import CaseImageForm, LogoForm
from marketplace.suppliers.views.base import blueprint
from marketplace.suppliers.views.profile import case_form
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import accepts_files
from marketplace.web.viewer import current_viewer


@blueprint.route("/profile/logo", methods=["GET", "POST"])
@access.supplier
@accepts_files
def logo() -> ViewResponse:
    """Upload a logo."""
    form = LogoForm()
    if form.validate_on_submit():
        with form.catch_refusal("file"):
            use_cases.set_logo(current_viewer(), *form.file.chosen())
            flashes.done(_("Your logo is on your page."))
            return see_other("suppliers.logo")
    supplier = queries.own_supplier(current_viewer())
    return render_template("suppliers/logo.html", form=form, supplier=supplier)


@blueprint.post("/profile/logo/delete")
@access.supplier
def logo_delete() -> ViewResponse:
    """Remove the logo."""
    if use_cases.remove_logo(current_viewer()):
        flashes.done(_("The logo is removed."))
    else:
        flashes.note(_("The logo has already been removed."))
    return see_other("suppliers.logo")


@blueprint.post("/profile/cases/<int:case_id>/images")
@access.supplier
@accepts_files
def case_image_new(case_id: int) -> ViewResponse:
    """Add an image to a case study."""
    viewer = current_viewer()
    case = queries.own_case(viewer, case_id)
    form = CaseImageForm()
    if form.validate_on_submit():
        with form.catch_refusal("file"):
            use_cases.add_case_image(viewer, case_id, *form.file.chosen(), form.alternative_text.data or "")
            flashes.done(_("The image is on your page."))
            return see_other("suppliers.case_edit", case_id=case_id, _anchor="images")
    details = details_of(use_cases.CaseDetails, case)
    unchanged = case_form(asdict(details), formdata=None)
    unchanged.fingerprint = fingerprint(details)
    return render_template("suppliers/case.html", form=unchanged, image_form=form, case=case)


@blueprint.post("/profile/cases/<int:case_id>/images/<int:file_id>/delete")
@access.supplier
def case_image_delete(case_id: int, file_id: int) -> ViewResponse:
    """Remove an image from a case study."""
    if use_cases.remove_case_image(current_viewer(), case_id, file_id):
        flashes.done(_("The image is removed."))
    else:
        flashes.note(_("The image has already been removed."))
    return see_other("suppliers.case_edit", case_id=case_id, _anchor="images")
