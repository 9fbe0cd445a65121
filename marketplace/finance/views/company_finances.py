"""Participation fees and state aid of the companies in a project, and letters about state aid."""

from collections.abc import Sequence

from flask import render_template, request
from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.identifiers import make_slug
from marketplace.core.pagination import CHOICE_PAGE_SIZE, page_of
from marketplace.finance.aid_letter import FONT_SIZE
from marketplace.finance.de_minimis import CEILING_EURO
from marketplace.finance.forms import AidForm, FeeForm
from marketplace.finance.labels import AID_BASES, FEE_STATES
from marketplace.finance.queries import aid as queries
from marketplace.finance.use_cases import aid as use_cases
from marketplace.finance.views.base import RECORDS, blueprint
from marketplace.programme.queries.projects import project_as_leader, project_for
from marketplace.strategy.document_export.outline import Outline
from marketplace.text_search.list_search import search_texts, searched_text
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.chosen_rows import chosen_ids, submitted_ids
from marketplace.web.counted_rows import CountedRows, read_counted_rows
from marketplace.web.forms.editing import add
from marketplace.web.list_filter import ListFilter, read_list_filter, state_select
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer


@blueprint.route("/programme/<slug>/aid", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def aid(slug: str) -> ViewResponse:
    """List fees and aid by company, and note the fee of the chosen companies, or of all in the filtered list."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    page = queries.company_finances(project_access)
    fees, aided = (read_counted_rows(name, slug) for name in ("fees", "aid"))
    bar, rows, similar = _filtered(page.rows, fees, aided)
    shown = page_of(rows, page_arg(), CHOICE_PAGE_SIZE, similar=similar)
    here = dict(bar.args, slug=slug, page=shown.number) if shown.number > 1 else dict(bar.args, slug=slug)
    form = FeeForm()
    chooses_all = "all" in request.form
    chosen = chosen_ids() if chooses_all else submitted_ids("id")
    counts: list[int] = []
    if add(form, lambda form: counts.append(use_cases.note_fees(viewer, slug, chosen, form.details()))):
        flashes.done(
            ngettext(
                "The fee of %(num)s company is noted.", "The fees of %(num)s companies are noted.", counts[0]
            )
        )
        return see_other("finance.aid", **here)
    return render_template(
        "finance/aid.html",
        access=project_access,
        page=page,
        bar=bar,
        rows=rows,
        shown=shown,
        here=here,
        key="organisation_number" if aided else "id",
        form=form,
        chosen=set(chosen),
        chooses_all=chooses_all,
        fee_states=FEE_STATES,
    )


def _filtered(
    rows: Sequence[queries.CompanyFinances], fees: CountedRows | None, aided: CountedRows | None
) -> tuple[ListFilter, list[queries.CompanyFinances], int]:
    """Return the filter bar, the companies that match, and their number if they only resemble the search text.

    `fees` and `aided` limit them to those that a figure of the report counts.
    """
    bar = read_list_filter(
        _("Company name or organisation number"),
        state_select(
            ("none", _("Not noted")),
            *((state, str(label)) for state, label in FEE_STATES.items()),
            label=_("Fee"),
        ),
        counted=fees or aided,
    )
    texts = {
        row.participation.id: searched_text(
            row.participation.company_name, numbers=[row.participation.organisation_number]
        )
        for row in rows
    }
    matches = search_texts(bar.query.text, texts)
    found = set(matches.best)
    shown = [
        row
        for row in rows
        if (not bar.query.text or row.participation.id in found)
        and bar.query["state"] in {"", row.fee.state if row.fee else "none"}
        and (fees is None or row.participation.id in fees)
        and (aided is None or row.participation.organisation_number in aided)
    ]
    return bar, shown, len(shown) if bar.query.text and not matches.exact else 0


@blueprint.route("/programme/<slug>/aid/<int:participation_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def new_aid(slug: str, participation_id: int) -> ViewResponse:
    """Record state aid to a company."""
    return _aid_page(slug, participation_id, None)


@blueprint.route("/programme/<slug>/aid/<int:participation_id>/<int:grant_id>", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECORDS)
def correct_aid(slug: str, participation_id: int, grant_id: int) -> ViewResponse:
    """Correct a record of state aid by a new row."""
    return _aid_page(slug, participation_id, grant_id)


def _aid_page(slug: str, participation_id: int, grant_id: int | None) -> ViewResponse:
    viewer = current_viewer()
    project_access = project_as_leader(viewer, slug)
    page = queries.company_aid(project_access, participation_id, grant_id)
    values: dict[str, object] = {}
    if page.corrected is not None:
        old = page.corrected
        values = {
            "amount": old.amount_ore,
            "basis": old.basis,
            "granted_on": old.granted_on,
            "reference": old.reference,
        }
    form = AidForm(data=values)
    if add(form, lambda form: use_cases.save_aid(viewer, slug, participation_id, form.details(), grant_id)):
        flashes.done(_("The aid has been recorded."))
        return see_other("finance.aid", slug=slug)
    return render_template(
        "finance/edit_aid.html",
        access=project_access,
        page=page,
        form=form,
        bases=AID_BASES,
        ceiling_euro=CEILING_EURO,
    )


@blueprint.get("/programme/<slug>/aid/<int:participation_id>.pdf")
@access.garden
def aid_pdf(slug: str, participation_id: int) -> Response:
    """Download the letter about the aid to a company of the project."""
    project_access = project_as_leader(current_viewer(), slug)
    return _pdf(queries.project_aid_letter(project_access, participation_id))


@blueprint.get("/course/aid.pdf")
@access.company
def own_aid_pdf() -> Response:
    """Download the letter about the aid to the viewer's company."""
    return _pdf(queries.own_aid_letter(current_viewer()))


def _pdf(letter: Outline) -> Response:
    from marketplace.strategy.document_export.pdf import to_pdf  # noqa: PLC0415 because few requests need the typesetter

    name = make_slug(f"{letter.title} {letter.company} {clock.to_local(letter.saved_at).date()}")
    return file_response(f"{name}.pdf", "application/pdf", to_pdf(letter, (FONT_SIZE,)))
