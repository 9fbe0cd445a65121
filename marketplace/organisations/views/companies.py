"""The business garden's list of companies."""

from flask import render_template, request, url_for

from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations import hooks, queries, use_cases
from marketplace.organisations.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.confirmation import confirmation_page
from marketplace.web.csv_export import csv_response
from marketplace.web.list_filter import (
    ListFilter,
    place_select,
    read_list_filter,
    sector_select,
    sort_select,
    state_select,
)
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/companies")
@access.garden
def companies() -> ViewResponse:
    """List the companies of the garden."""
    viewer = current_viewer()
    bar = company_filter(viewer)
    page = queries.companies_of(viewer, page_arg(), bar.query)
    is_filtered = bar.query.is_narrowed and not bar.query.text
    panels = [] if is_filtered else [build(viewer, bar.query.text) for build in hooks.company_list_panels]
    return render_template(
        "organisations/companies.html", page=page, bar=bar, panels=[panel for panel in panels if panel]
    )


@blueprint.get("/companies.csv")
@access.garden
def companies_csv() -> ViewResponse:
    """Download the filtered companies of the garden."""
    viewer = current_viewer()
    header = [
        _("Name"),
        _("Organisation number"),
        _("Municipality"),
        _("Sector"),
        _("Employees"),
        _("Phone"),
        _("Website"),
        _("Registered"),
        _("Known to you"),
    ]
    rows = (
        (
            company.name,
            company.organisation_number,
            company.place,
            company.sector.label if company.sector else "",
            company.employees,
            company.phone,
            company.website,
            clock.to_local(company.created_at).date(),
            _("Yes") if company.is_known else _("No"),
        )
        for company in queries.all_companies_of(viewer, company_filter(viewer).query)
    )
    return csv_response(_("Companies"), header, rows)


def company_filter(viewer: Viewer) -> ListFilter:
    """Return the filter bar of the garden's companies."""
    return read_list_filter(
        _("Company name or organisation number"),
        place_select(queries.places_of_companies(viewer)),
        sector_select(),
        state_select(("known", _("Known to you")), ("new", _("Not yet known to you"))),
        sort_select(("", _("Name")), ("newest", _("Newest first")), ("size", _("Most employees"))),
    )


@blueprint.route("/companies/<int:company_id>/known", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because="advisers help the garden's companies and know them")
def mark_known(company_id: int) -> ViewResponse:
    """Confirm that the garden knows a company, after a page with the consequences."""
    viewer = current_viewer()
    if request.method == "GET":
        company, page = queries.company_for(viewer, company_id), query_arg("page", 10)
        return confirmation_page(
            _("%(company)s is a company you know", company=company.name),
            [
                _(
                    "Its briefs no longer wait for you to check the company. A brief that waits only for that opens now."
                ),
                _("Suppliers no longer read that you do not know the company yet."),
                _("You cannot undo this."),
            ],
            _("We know this company"),
            url_for("pages.company_card", company_id=company_id),
            {"page": page} if page else {},
        )
    company = use_cases.mark_company_known(viewer, company_id)
    flashes.done(
        _(
            "%(company)s is now known to you. Its briefs no longer wait for you to check the company.",
            company=company.name,
        )
    )
    if request.form.get("page") == "company":
        return see_other("pages.company_card", company_id=company_id)
    return see_other("organisations.companies")
