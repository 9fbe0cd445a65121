"""Minutes that the garden has spent on companies: page and downloads."""

from collections import Counter
from collections.abc import Iterator, Sequence

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.casework.labels import ACTIVITIES
from marketplace.casework.queries.time import TimeRow, months_of, time_rows
from marketplace.casework.views.base import blueprint
from marketplace.core.i18n import format_month_and_year, gettext as _
from marketplace.core.pagination import page_of
from marketplace.text_search.list_search import search_texts
from marketplace.web import access
from marketplace.web.csv_export import Month, csv_response
from marketplace.web.list_filter import ListFilter, Select, read_list_filter
from marketplace.web.query_args import page_arg
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response

PAGE_SIZE = 50


@blueprint.get("/companies/time")
@access.garden
def time_spent() -> str:
    """Show the minutes by month, company and activity, with sums."""
    bar, rows, similar = _filtered()
    by_kind: Counter[str] = Counter()
    for row in rows:
        by_kind[row.kind] += row.minutes
    return render_template(
        "casework/time.html",
        page=page_of(rows, page_arg(), PAGE_SIZE, similar=similar),
        bar=bar,
        by_kind=by_kind.most_common(),
        total=by_kind.total(),
        activities=ACTIVITIES,
        month_name=format_month_and_year,
    )


@blueprint.get("/companies/time.csv")
@access.garden
def time_spent_csv() -> Response:
    """Download the minutes as CSV."""
    return csv_response(_("Time spent on companies"), _header(), _export_rows(_filtered()[1]))


@blueprint.get("/companies/time.xlsx")
@access.garden
def time_spent_xlsx() -> Response:
    """Download the minutes as a workbook."""
    title = _("Time spent on companies")
    return xlsx_response(title, title, _header(), _export_rows(_filtered()[1]))


def _filtered() -> tuple[ListFilter, list[TimeRow], int]:
    """Return the filter bar, the matching rows, and the number of rows whose name only resembles the search text."""
    every = time_rows(current_viewer())
    months = [(month.isoformat(), format_month_and_year(month)) for month in months_of(every)]
    bar = read_list_filter(
        _("Company name"),
        Select("month", _("Month"), (("", _("All")), *months)),
        Select(
            "kind", _("Activity"), (("", _("All")), *((key, str(name)) for key, name in ACTIVITIES.items()))
        ),
    )
    matches = search_texts(bar.query.text, {row.company: row.company for row in every})
    found = set(matches.best)
    rows = [
        row
        for row in every
        if (not bar.query.text or row.company in found)
        and bar.query["month"] in {"", row.month.isoformat()}
        and bar.query["kind"] in {"", row.kind}
    ]
    return bar, rows, len(rows) if bar.query.text and not matches.exact else 0


def _header() -> list[str]:
    return [_("Month"), _("Company"), _("Activity"), _("Minutes"), _("Number of notes")]


def _export_rows(rows: Sequence[TimeRow]) -> Iterator[Sequence[object]]:
    for row in rows:
        yield Month.of(row.month), row.company, str(ACTIVITIES[row.kind]), row.minutes, row.notes
