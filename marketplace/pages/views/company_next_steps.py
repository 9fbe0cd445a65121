"""The garden's companies with the next step of each."""

from collections.abc import Iterator, Sequence

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.casework.labels import REMINDER_KINDS
from marketplace.casework.queries.company_reminders import waiting_reminders
from marketplace.core.i18n import gettext as _
from marketplace.core.pagination import CHOICE_PAGE_SIZE, page_of
from marketplace.core.places import municipality_name
from marketplace.organisations.queries import places_of_companies
from marketplace.pages.queries.company_next_steps import (
    CompanyWithSteps,
    cohorts_to_filter,
    companies_with_steps,
    seats_of,
)
from marketplace.pages.views import blueprint
from marketplace.strategy.completeness import PHASE_LABELS
from marketplace.web import access
from marketplace.web.csv_export import csv_response
from marketplace.web.list_filter import ListFilter, Select, place_select, read_list_filter, state_select
from marketplace.web.query_args import page_arg
from marketplace.web.viewer import current_viewer


@blueprint.get("/companies/next", endpoint="company_next_steps")
@access.garden
def show_company_next_steps() -> str:
    """List the garden's companies with the next step of each."""
    bar, companies = filtered_companies()
    similar = sum(one.is_similar for one in companies)
    page = page_of(companies, page_arg(), CHOICE_PAGE_SIZE, similar=similar)
    return render_template(
        "pages/company_next_steps.html",
        page=page,
        bar=bar,
        phases=PHASE_LABELS,
        reminder_kinds=REMINDER_KINDS,
        waiting=waiting_reminders(current_viewer()),
    )


@blueprint.get("/companies/next.csv", endpoint="company_next_steps_csv")
@access.garden
def download_company_next_steps() -> Response:
    """Download the filtered companies with their next step."""
    header = [
        _("Name"),
        _("Organisation number"),
        _("Municipality"),
        _("Course"),
        _("Strategy"),
        _("Briefs"),
        _("Next step"),
        _("When"),
    ]
    return csv_response(_("What each company needs next"), header, _rows(filtered_companies()[1]))


def _rows(companies: Sequence[CompanyWithSteps]) -> Iterator[Sequence[object]]:
    for one in companies:
        step = one.next_step
        yield (
            one.company.name,
            one.company.organisation_number,
            municipality_name(one.company.municipality_number),
            ", ".join(f"{seat.project}: {seat.cohort}" for seat in one.seats),
            str(PHASE_LABELS[one.phase]) if one.phase else _("Not started"),
            len(one.briefs),
            step.link if step else "",
            step.when if step else "",
        )


def filtered_companies() -> tuple[ListFilter, list[CompanyWithSteps]]:
    """Return the filter bar and the companies that match."""
    viewer = current_viewer()
    seats = seats_of(viewer)
    bar = read_list_filter(
        _("Company name or organisation number"),
        state_select(
            ("task_due", _("A task is due")),
            ("no_strategy", _("No strategy")),
            ("strategy_started", _("Strategy started, not complete")),
            ("no_brief", _("No brief")),
            ("few_invited", _("Open brief with few invited")),
            ("result_due", _("Result not answered")),
        ),
        Select("who", _("Which companies"), (("", _("All that we follow")), ("mine", _("Mine")))),
        Select("where", _("Course"), (("", _("All")), *cohorts_to_filter(seats))),
        place_select(places_of_companies(viewer)),
    )
    return bar, companies_with_steps(viewer, bar.query, seats)
