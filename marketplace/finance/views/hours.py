"""Hours of a project: list, new entry, correction, approval and download."""

from collections.abc import Iterator, Sequence

from flask import render_template

from marketplace.core import clock
from marketplace.core.i18n import format_month_and_year, gettext as _, ngettext
from marketplace.finance.forms import MINUTES_PER_HOUR, HoursForm
from marketplace.finance.labels import ACTIVITIES
from marketplace.finance.queries import hours as queries
from marketplace.finance.use_cases import hours as use_cases
from marketplace.finance.views.base import RECORDS, blueprint
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.chosen_rows import submitted_ids
from marketplace.web.counted_rows import read_counted_rows
from marketplace.web.csv_export import Month
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response


@blueprint.get("/programme/<slug>/hours")
@access.garden
def hours(slug: str) -> ViewResponse:
    """List the hours that the viewer recorded or approves."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    counted = read_counted_rows("hours", slug)
    return render_template(
        "finance/hours.html",
        access=project_access,
        page=queries.hours_page(viewer, project_access, counted),
        counted=counted,
        activities=ACTIVITIES,
        month_name=format_month_and_year,
    )


@blueprint.get("/programme/<slug>/hours.xlsx")
@access.garden
def hours_xlsx(slug: str) -> ViewResponse:
    """Download the hours that the viewer sees as a workbook."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    header = [_("Month"), _("Person"), _("Place"), _("Activity"), _("Hours"), _("Approved")]
    page = queries.hours_page(viewer, project_access, read_counted_rows("hours", slug))
    return xlsx_response(f"{slug} {_('Hours')}", _("Hours"), header, _export_rows(page.rows))


def _export_rows(rows: Sequence[queries.HoursRow]) -> Iterator[Sequence[object]]:
    for row in rows:
        entry = row.entry
        yield (
            Month.of(entry.month),
            entry.user.name,
            entry.place.name if entry.place else "",
            str(ACTIVITIES[entry.activity]),
            entry.minutes / MINUTES_PER_HOUR,
            clock.to_local(entry.approved_at).date() if entry.approved_at else "",
        )


def _form(project_access: ProjectAccess, hours_id: int | None = None) -> HoursForm:
    viewer = current_viewer()
    people = queries.people_to_record(viewer, project_access)
    managed = queries.managed_place_ids(viewer, project_access)
    values: dict[str, object] = {"place_id": min(managed)} if len(managed) == 1 else {}
    if hours_id is not None:
        entry = queries.entry_to_correct(viewer, project_access, hours_id)
        people = [(entry.user_id, entry.user.name)]
        values = {
            "user_id": entry.user_id,
            "month": entry.month.isoformat(),
            "place_id": entry.place_id,
            "activity": entry.activity,
            "hours": entry.minutes * 1000 // MINUTES_PER_HOUR,
        }
    places = [(place.id, place.name) for place in project_access.places]
    return HoursForm(project_access, people, places, data=values)


@blueprint.route("/programme/<slug>/hours/new", methods=["GET", "POST"])
@blueprint.route("/programme/<slug>/hours/<int:hours_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def edit_hours(slug: str, hours_id: int | None = None) -> ViewResponse:
    """Record hours, or correct recorded ones by a new row."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    form, is_correction = _form(project_access, hours_id), hours_id is not None
    if add(form, lambda form: use_cases.save_hours(viewer, slug, form.details(), hours_id)):
        flashes.done(
            _("The correction has been recorded. Another person must approve it.")
            if is_correction
            else _("The hours have been recorded. Another person must approve them.")
        )
        return see_other("finance.hours", slug=slug)
    return render_template(
        "finance/edit_hours.html", access=project_access, form=form, is_correction=is_correction
    )


@blueprint.post("/programme/<slug>/hours/approve")
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def approve_hours(slug: str) -> ViewResponse:
    """Approve the chosen entries."""
    count = use_cases.approve_hours(current_viewer(), slug, submitted_ids("id"))
    if count:
        flashes.done(
            ngettext("%(num)s entry has been approved.", "%(num)s entries have been approved.", count)
        )
    else:
        flashes.warn(_("Nothing was approved. Choose entries of other people that wait for approval."))
    return see_other("finance.hours", slug=slug)
