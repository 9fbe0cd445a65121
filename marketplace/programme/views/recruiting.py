"""The board of a project: list of companies with filters, and its export."""

from collections.abc import Mapping, Sequence

from flask import render_template

from marketplace.core.grouping import group
from marketplace.core.i18n import gettext as _
from marketplace.outbox.limits import UNDO_MINUTES
from marketplace.programme.lifecycle import PHASE_LABELS, SOURCES
from marketplace.programme.participant_export import export_header, export_rows
from marketplace.programme.queries import cohorts as cohort_queries, recruiting as queries
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.use_cases.invitations import can_undo, check_recipients
from marketplace.programme.views.base import blueprint
from marketplace.web import access
from marketplace.web.counted_rows import read_counted_rows
from marketplace.web.csv_export import csv_response
from marketplace.web.list_filter import (
    ListFilter,
    Select,
    place_select,
    read_list_filter,
    sector_select,
    sort_select,
)
from marketplace.web.query_args import page_arg
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response


@blueprint.get("/programme/<slug>/companies")
@access.garden
def board(slug: str) -> ViewResponse:
    """List the companies of a project by phase."""
    project_access = project_for(current_viewer(), slug)
    bar, shown = filtered_board(project_access, page_arg())
    recipients = check_recipients([row.participation for row in shown.rows])
    return render_template(
        "programme/board.html",
        access=project_access,
        bar=bar,
        board=shown,
        invitable={one.id for one in recipients.companies},
        phases=PHASE_LABELS,
        can_undo=can_undo(current_viewer(), project_access),
        undo_minutes=UNDO_MINUTES,
    )


def filtered_board(project_access: ProjectAccess, page: int = 1) -> tuple[ListFilter, queries.Board]:
    """Return the filter bar and a page of the board, filtered by the query string."""
    cohorts = cohort_queries.cohorts_of(project_access)
    rows = queries.board_rows(current_viewer(), project_access, cohorts)
    names = group((cohort.place_id, (cohort.id, cohort.name)) for cohort in cohorts)
    bar = _board_filter(project_access, names, rows)
    return bar, queries.board(rows, bar.query, page, bar.counted)


def _board_filter(
    project_access: ProjectAccess,
    cohorts: Mapping[int, Sequence[tuple[int, str]]],
    rows: Sequence[queries.BoardRow],
) -> ListFilter:
    """Build the filters of the board. `cohorts` has ids and names of cohorts, by place."""
    where = [("", _("All places"))]
    for place in project_access.places:
        where.append((f"place-{place.id}", place.name))
        at_place = cohorts.get(place.id, ())
        if len(at_place) > 1:
            where += [(f"cohort-{cohort_id}", f"{place.name}: {name}") for cohort_id, name in at_place]
    where.append(("none", _("No cohort yet")))
    return read_list_filter(
        _("Company, contact person or organisation number"),
        Select("phase", _("Status"), (("", _("All")), *((str(key), str(label)) for key, label in PHASE_LABELS.items()))),
        Select("where", _("Cohort"), where),
        place_select(row.participation.municipality_number for row in rows if row.participation.municipality_number),
        sector_select(),
        Select("source", _("Source"), (("", _("All sources")), *((key, str(label)) for key, label in SOURCES.items()))),
        sort_select(
            ("", _("Name")),
            ("newest", _("Newest first")),
            ("municipality", _("Municipality")),
            ("attended", _("Most sessions first")),
        ),
        counted=read_counted_rows("project_companies", project_access.project.slug),
    )  # fmt: skip


@blueprint.get("/programme/<slug>/companies.csv")
@access.garden
def board_csv(slug: str) -> ViewResponse:
    """Download the filtered board as CSV."""
    project_access = project_for(current_viewer(), slug)
    _bar, shown = filtered_board(project_access)
    return csv_response(slug, export_header(), export_rows(shown.rows))


@blueprint.get("/programme/<slug>/companies.xlsx")
@access.garden
def board_xlsx(slug: str) -> ViewResponse:
    """Download the filtered board as a workbook."""
    project_access = project_for(current_viewer(), slug)
    _bar, shown = filtered_board(project_access)
    return xlsx_response(slug, _("Companies"), export_header(), export_rows(shown.rows))
