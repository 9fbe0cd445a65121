"""Funding and booked entries of a project."""

from collections.abc import Iterator, Sequence

from flask import render_template

from marketplace.core.currencies import MINOR_UNITS, RATE_UNITS, to_ore
from marketplace.core.i18n import gettext as _
from marketplace.finance.forms import EntryForm, SourceForm
from marketplace.finance.labels import COST_CATEGORIES, FUNDING_KINDS
from marketplace.finance.queries import money as queries
from marketplace.finance.use_cases import money as use_cases
from marketplace.finance.views.base import RECORDS, blueprint
from marketplace.programme.queries.projects import ProjectAccess, project_as_leader, project_for
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.counted_rows import CountedRows, read_counted_rows
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer
from marketplace.web.xlsx_export import xlsx_response


@blueprint.get("/programme/<slug>/money")
@access.garden
def money(slug: str) -> ViewResponse:
    """Show plan against actual, and the booked entries, or only the rows that a figure of the report counts."""
    project_access = project_for(current_viewer(), slug)
    page, counted = _counted_page(project_access)
    return render_template(
        "finance/money.html",
        access=project_access,
        page=page,
        counted=counted,
        names=queries.source_names(project_access.project.id),
        kinds=FUNDING_KINDS,
        categories=COST_CATEGORIES,
    )


def _counted_page(project_access: ProjectAccess) -> tuple[queries.MoneyPage, CountedRows | None]:
    """Return the accounts, or only the rows that a figure of the report counts, with those rows."""
    page = queries.money_page(project_access)
    funding, entries = (
        read_counted_rows(name, project_access.project.slug) for name in ("funding", "entries")
    )
    if funding or entries:
        page = queries.restrict(page, funding or (), entries or ())
    return page, funding or entries


@blueprint.get("/programme/<slug>/money.xlsx")
@access.garden
def money_xlsx(slug: str) -> ViewResponse:
    """Download the booked entries that the page shows as a workbook."""
    project_access = project_for(current_viewer(), slug)
    page, _counted = _counted_page(project_access)
    names = queries.source_names(project_access.project.id)
    header = [
        _("Date in the accounts"),
        _("Income or cost"),
        _("Place"),
        _("Amount"),
        _("Currency"),
        _("Exchange rate"),
        _("Date of the exchange rate"),
        _("Kroner"),
        _("Voucher number"),
    ]
    return xlsx_response(f"{slug} {_('Money')}", _("Money"), header, _export_rows(page, names))


def _export_rows(page: queries.MoneyPage, names: dict[int, str]) -> Iterator[Sequence[object]]:
    for entry in page.entries:
        ore = to_ore(entry.amount_minor, entry.currency, entry.rate_e4)
        yield (
            entry.booked_on,
            names[entry.source_id] if entry.source_id else str(COST_CATEGORIES[entry.category]),
            entry.place.name if entry.place else "",
            (1 if entry.source_id else -1) * entry.amount_minor / MINOR_UNITS,
            entry.currency,
            entry.rate_e4 / RATE_UNITS if entry.rate_e4 else "",
            entry.rate_on or "",
            (1 if entry.source_id else -1) * ore / MINOR_UNITS if ore is not None else "",
            entry.reference,
        )


@blueprint.route("/programme/<slug>/money/sources/new", methods=["GET", "POST"])
@blueprint.route("/programme/<slug>/money/sources/<int:source_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def edit_source(slug: str, source_id: int | None = None) -> ViewResponse:
    """Add a funding source, or correct one by a new row."""
    project_access = project_as_leader(current_viewer(), slug)
    values: dict[str, object] = {"currency": project_access.project.currency}
    if source_id is not None:
        source = queries.source_to_correct(project_access, source_id)
        values = {
            "name": source.name,
            "kind": source.kind,
            "amount": source.agreed_minor,
            "currency": source.currency,
            "rate": source.rate_e4,
            "rate_on": source.rate_on,
        }
    form, is_correction = SourceForm(data=values), source_id is not None
    if add(form, lambda form: use_cases.save_source(current_viewer(), slug, form.details(), source_id)):
        return _saved(slug, is_correction, _("The funding has been added."))
    return render_template(
        "finance/edit_source.html", access=project_access, form=form, is_correction=is_correction
    )


@blueprint.route("/programme/<slug>/money/new", methods=["GET", "POST"])
@blueprint.route("/programme/<slug>/money/<int:entry_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def edit_entry(slug: str, entry_id: int | None = None) -> ViewResponse:
    """Add an income or a cost, or correct one by a new row."""
    project_access = project_as_leader(current_viewer(), slug)
    values: dict[str, object] = {"currency": project_access.project.currency}
    if entry_id is not None:
        entry = queries.entry_to_correct(project_access, entry_id)
        values = {
            "source_or_category": f"source-{entry.source_id}" if entry.source_id else entry.category,
            "booked_on": entry.booked_on,
            "amount": entry.amount_minor,
            "place_id": entry.place_id,
            "reference": entry.reference,
            "currency": entry.currency,
            "rate": entry.rate_e4,
            "rate_on": entry.rate_on,
        }
    places = [(place.id, place.name) for place in project_access.places]
    form = EntryForm(queries.source_names(project_access.project.id), places, data=values)
    is_correction = entry_id is not None
    if add(form, lambda form: use_cases.save_entry(current_viewer(), slug, form.details(), entry_id)):
        return _saved(slug, is_correction, _("The entry has been added."))
    return render_template(
        "finance/edit_entry.html", access=project_access, form=form, is_correction=is_correction
    )


def _saved(slug: str, is_correction: bool, added: str) -> ViewResponse:  # noqa: FBT001 because both callers name it
    flashes.done(_("The correction has been recorded.") if is_correction else added)
    return see_other("finance.money", slug=slug)
