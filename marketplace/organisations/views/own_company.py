"""A company's own page: its details, and the business gardens that follow it."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.optimistic_lock import fingerprint
from marketplace.organisations import queries, use_cases
from marketplace.organisations.forms import AddCompanyForm, AskGardenForm
from marketplace.organisations.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.confirmation import confirmation_page
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

if TYPE_CHECKING:
    from marketplace.organisations.models import Company

FOLLOW_REASONS = {
    "area": _l("covers your municipality"),
    "cohort": _l("you take part in their course"),
    "asked": _l("you have asked them"),
}


@blueprint.route("/organisation", methods=["GET", "POST"])
@access.company_owner
def edit_company() -> ViewResponse:
    """Change the company's details. A move to another garden's area is saved only after a page that explains it."""
    viewer = current_viewer()
    company = queries.own_company(viewer)
    form = _company_form(company)
    form.fingerprint = form.expected_fingerprint() or fingerprint(
        details_of(use_cases.CompanyDetails, company)
    )
    if form.validate_on_submit():
        details = form.details()
        change = queries.garden_change(company, details.municipality_number)
        if change and request.form.get("moves_to") != details.municipality_number:
            return _page(company, form, change=change), 422
        try:
            use_cases.change_company(viewer, details, form.expected_fingerprint())
        except Conflict as conflict:
            now = queries.own_company(viewer)
            form.show_conflict(_company_form(now, fresh=True), conflict.message)
            form.fingerprint = fingerprint(details_of(use_cases.CompanyDetails, now))
            return _page(now, form)
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Saved."))
            return see_other("organisations.edit_company")
    return _page(company, form)


def _company_form(company: "Company", *, fresh: bool = False) -> AddCompanyForm:
    """Return the form with the current details, overlaid by the submitted values unless `fresh`."""
    details = details_of(use_cases.CompanyDetails, company)
    data = asdict(details) | {"municipality": details.municipality_number, "sector": details.sector_code}
    form = AddCompanyForm(data=data, **({"formdata": None} if fresh else {}))
    form.organisation_id = company.id
    return form


def _page(
    company: "Company",
    form: AddCompanyForm,
    *,
    change: queries.GardenChange | None = None,
    ask: AskGardenForm | None = None,
) -> str:
    return render_template(
        "organisations/edit_company.html",
        form=form,
        company=company,
        change=change,
        ask=ask or AskGardenForm(company, formdata=None),
        followers=queries.followers_of(company),
        follow_reasons=FOLLOW_REASONS,
    )


@blueprint.post("/organisation/gardens")
@access.company_owner
def ask_garden() -> ViewResponse:
    """Ask another business garden to follow the company."""
    viewer = current_viewer()
    company = queries.own_company(viewer)
    form = AskGardenForm(company)
    if form.validate_on_submit():
        with form.catch_refusal():
            garden = use_cases.ask_to_follow(viewer, int(form.garden.data))
            flashes.done(_("%(garden)s follows you now.", garden=garden.name))
            return see_other("organisations.edit_company")
    return _page(company, _company_form(company, fresh=True), ask=form)


@blueprint.route("/organisation/gardens/<int:garden_id>/stop", methods=["GET", "POST"])
@access.company_owner
def stop_garden(garden_id: int) -> ViewResponse:
    """Stop asking a garden to follow the company, after confirmation."""
    viewer = current_viewer()
    if request.method == "GET":
        garden = queries.asked_garden(queries.own_company(viewer), garden_id)
        return confirmation_page(
            _("Stop asking %(garden)s to follow you", garden=garden.name),
            [
                _(
                    "The garden no longer sees your company and your briefs, unless you are in its area or take part in its course."
                ),
                _("Both you and the garden get a message."),
                _("You can ask them again at any time."),
            ],
            _("Stop asking the garden"),
            url_for("organisations.edit_company"),
        )
    garden = use_cases.end_asked_following(viewer, garden_id)
    flashes.done(_("You no longer ask %(garden)s to follow you.", garden=garden.name))
    return see_other("organisations.edit_company")
