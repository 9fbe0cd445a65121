"""A supplier's own profile: its sections, jobs, and images."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, render_template, request

from marketplace.core import clock
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _, lazy_gettext as _l, ngettext
from marketplace.core.optimistic_lock import fingerprint
from marketplace.suppliers import queries, use_cases
from marketplace.suppliers.forms import (
    AreaForm,
    BasicsForm,
    CaseForm,
    CaseImageForm,
    LogoForm,
    PriceForm,
    ServicesForm,
    TextForm,
    TradesForm,
    choices,
)
from marketplace.web import access, flashes
from marketplace.web.forms.editing import edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import accepts_files
from marketplace.web.viewer import current_viewer

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("suppliers", __name__)


TITLES = {
    "basics": _l("Name, location and contact"),
    "text": _l("Your text"),
    "services": _l("What you sell"),
    "trades": _l("Sectors and languages"),
    "area": _l("Where you take jobs"),
    "price": _l("Price and time"),
}
BASICS = (
    "name", "organisation_number", "website", "phone", "employees", "contact_name", "contact_email",
)  # fmt: skip
FOR_OWNERS = {"basics", "services"}


def _section_form(section: str, supplier: Any, **fresh: Any) -> Any:
    """Build the form of a section with the stored values. `formdata=None` ignores the submitted ones."""
    basics = {name: getattr(supplier, name) for name in BASICS} | {
        "municipality": supplier.municipality_number
    }
    presence = [name for name in ("remote", "on_site") if getattr(supplier, name)]
    areas = choices.collapse_areas([row.municipality_number for row in supplier.areas])
    forms: dict[str, Callable[[], Any]] = {
        "basics": lambda: BasicsForm(data=basics, **fresh),
        "text": lambda: TextForm(obj=supplier, **fresh),
        "services": lambda: ServicesForm(data={"services": [row.code for row in supplier.services]}, **fresh),
        "trades": lambda: TradesForm(
            data={
                "sectors": [row.code for row in supplier.sectors],
                "languages": [row.code for row in supplier.languages],
            },
            **fresh,
        ),
        "area": lambda: AreaForm(data={"presence": presence, "areas": areas}, **fresh),
        "price": lambda: PriceForm(
            data={"price_from": supplier.price_from_nok, "next_start": supplier.next_start}, **fresh
        ),
    }
    if section not in forms:
        abort(404)
    form = forms[section]()
    form.organisation_id = supplier.id
    return form


def _save(section: str, form: Any) -> str:
    """Save a section and return the message to show."""
    viewer, expected = current_viewer(), form.expected_fingerprint()
    if section == "services":
        opened = use_cases.change_services(viewer, form.services.data or [], form.note.data or "", expected)
        if opened:
            return ngettext(
                "Saved. The garden has received your application for a new kind of service.",
                "Saved. The garden has received your applications for %(num)s new kinds of service.",
                opened,
            )
    elif section == "basics":
        use_cases.change_basics(
            viewer, form.basics(form.contact_name.data or "", form.contact_email.data or ""), expected
        )
    elif section == "text":
        use_cases.change_text(viewer, form.about.data or "", form.text_locale.data, expected)
    elif section == "trades":
        use_cases.change_trades(viewer, form.sectors.data or [], form.languages.data or [], expected)
    elif section == "area":
        ticked = form.presence.data or []
        use_cases.change_area(
            viewer,
            form.municipalities(),
            remote="remote" in ticked,
            on_site="on_site" in ticked,
            expected=expected,
        )
    else:
        use_cases.change_price(viewer, form.price_from.data, form.next_start.data, expected)
    return _("Saved.")


@blueprint.route("/profile/<section>", methods=["GET", "POST"])
@access.supplier
def profile_section(section: str) -> ViewResponse:
    """Change a section of the profile."""
    viewer = current_viewer()
    if section in FOR_OWNERS and not viewer.is_owner:
        abort(403)
    supplier = queries.own_supplier(viewer)
    form = _section_form(section, supplier)
    form.fingerprint = form.expected_fingerprint() or fingerprint(use_cases.section_values(supplier, section))
    if form.validate_on_submit():
        try:
            message = _save(section, form)
        except Conflict as conflict:
            supplier = queries.own_supplier(viewer)
            form.show_conflict(_section_form(section, supplier, formdata=None), conflict.message)
            form.fingerprint = fingerprint(use_cases.section_values(supplier, section))
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(message)
            return see_other("vetting.profile")
    return render_template(
        "suppliers/profile_section.html",
        form=form,
        section=section,
        title=TITLES[section],
        service_groups=choices.service_groups() if section == "services" else [],
        area_groups=choices.area_groups(form.areas.data or ()) if section == "area" else [],
    )


@blueprint.route("/profile/cases/new", methods=["GET", "POST"])
@access.supplier
def case_new() -> ViewResponse:
    """Add a case study; also used to restore a deleted one."""
    form = CaseForm(data={"year": clock.today().year})
    if form.saves(lambda: use_cases.add_case(current_viewer(), form.case())):
        flashes.done(_("The job is listed in your profile."))
        return see_other("vetting.profile", _anchor="cases")
    return render_template("suppliers/case.html", form=form, case=None)


def case_form(data: dict[str, Any], **options: Any) -> CaseForm:
    """Build the form of a case study with its details. `formdata=None` ignores the submitted values."""
    return CaseForm(data=data | {"service": data["service_code"], "sector": data["sector_code"]}, **options)


@blueprint.route("/profile/cases/<int:case_id>", methods=["GET", "POST"])
@access.supplier
def case_edit(case_id: int) -> ViewResponse:
    """Change a case study."""
    viewer = current_viewer()
    form = edit(
        case_form,
        lambda: details_of(use_cases.CaseDetails, queries.own_case(viewer, case_id)),
        lambda form: use_cases.change_case(viewer, case_id, form.case(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("vetting.profile", _anchor="cases")
    case, image_form = queries.own_case(viewer, case_id), CaseImageForm(formdata=None)
    return render_template("suppliers/case.html", form=form, case=case, image_form=image_form)


@blueprint.post("/profile/cases/<int:case_id>/delete")
@access.supplier
def case_delete(case_id: int) -> ViewResponse:
    """Delete a case study, and offer to restore it."""
    try:
        kept = use_cases.delete_case(current_viewer(), case_id)
    except NotFound:
        flashes.note(_("The job has already been deleted."))
        return see_other("vetting.profile", _anchor="cases")
    return render_template("suppliers/case_deleted.html", case=kept)


@blueprint.post("/profile/pause")
@access.supplier_owner
def profile_pause() -> ViewResponse:
    """Pause or resume the profile."""
    paused = request.form.get("paused") == "yes"
    use_cases.set_paused(current_viewer(), paused=paused)
    if paused:
        flashes.done(
            _(
                "Your profile is paused. Nobody can find you until you end the pause, and it does not lower your ranking."
            )
        )
    else:
        flashes.done(_("Welcome back. You can be found again."))
    return see_other("vetting.profile")


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
