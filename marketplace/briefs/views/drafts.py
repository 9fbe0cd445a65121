"""Views of the list of briefs, and for creating, copying, deleting and restoring drafts."""

import datetime as dt

from flask import render_template, request

from marketplace.briefs import guide, queries, service_suggestions, use_cases
from marketplace.briefs.forms import NewBriefForm
from marketplace.briefs.lifecycle import UNDO_DELETE_DAYS
from marketplace.briefs.views.base import blueprint
from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.organisations import queries as organisations
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.csv_export import csv_response
from marketplace.web.list_filter import read_list_filter, sort_select, state_select
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.template_filters import service_label
from marketplace.web.viewer import current_viewer


@blueprint.get("/briefs")
@access.company
def index() -> ViewResponse:
    """List the company's briefs, last changed first."""
    viewer = current_viewer()
    bar = read_list_filter(
        _("Title"),
        state_select(
            ("draft", _("Not published")),
            ("open", _("Open for offers")),
            ("evaluating", _("Being evaluated")),
            ("awarded", _("Awarded")),
            ("closed", _("Closed")),
        ),
        sort_select(
            ("", _("Last changed")),
            ("newest", _("Newest first")),
            ("deadline", _("Latest deadline")),
            ("title", _("Title")),
        ),
    )
    page = queries.own_briefs(viewer, page_arg(), bar.query)
    return render_template(
        "briefs/index.html",
        page=page,
        bar=bar,
        briefs=page.items,
        steps=queries.invitation_steps(page.items),
        deleted=queries.deleted_drafts(viewer),
        title_of=queries.display_title,
    )


@blueprint.get("/companies/<int:company_id>/briefs")
@access.garden
def company_briefs(company_id: int) -> ViewResponse:
    """List a company's briefs for its business garden."""
    viewer = current_viewer()
    company = organisations.company_for(viewer, company_id)
    page = queries.briefs_of_company(viewer, company_id, page_arg())
    briefs = [queries.view_of(viewer, brief) for brief in page.items]
    return render_template(
        "briefs/company_briefs.html",
        page=page,
        briefs=briefs,
        company=company,
        contact=organisations.company_contact(viewer, company),
    )


@blueprint.get("/companies/briefs.csv")
@access.garden
def garden_briefs_csv() -> ViewResponse:
    """Download the briefs of the garden's companies."""
    header = [
        _("Reference"),
        _("Title"),
        _("Company"),
        _("Municipality"),
        _("Status"),
        _("Services"),
        _("Published"),
        _("Deadline"),
        _("Closed"),
    ]
    rows = (
        (
            item.brief.reference,
            item.title,
            item.brief.company.name,
            item.brief.company.place,
            item.phase_label,
            ", ".join(service_label(service.code) for service in item.brief.services),
            _csv_date(item.brief.published_at),
            _csv_date(item.brief.deadline),
            _csv_date(item.brief.closed_at),
        )
        for item in queries.briefs_of_garden(current_viewer())
    )
    return csv_response(_("Briefs"), header, rows)


def _csv_date(moment: dt.datetime | None) -> dt.date | None:
    return clock.to_local(moment).date() if moment else None


@blueprint.get("/companies/elsewhere")
@access.garden
def network_briefs() -> ViewResponse:
    """List open briefs in other gardens' areas."""
    return render_template(
        "briefs/network_briefs.html", page=queries.network_briefs(current_viewer(), page_arg())
    )


@blueprint.get("/briefs/newest")
@access.company
def newest() -> ViewResponse:
    """Continue with the brief that was changed last, such as the one begun before registering."""
    briefs = queries.own_briefs(current_viewer()).items
    if not briefs:
        return see_other("briefs.index")
    return see_other("briefs.resume", reference=briefs[0].brief.reference)


@blueprint.route("/briefs/new", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="visitors begin a brief here; it is stored once they have registered a company"
)
def new() -> ViewResponse:
    """Create a draft, optionally with the description from the front page. Visitors go on to register a company."""
    viewer = current_viewer()
    if viewer.is_signed_in and not viewer.is_company:
        if viewer.organisation_id is not None or viewer.is_admin:
            return see_other("pages.how_it_works")
        return see_other(
            "organisations.register_company",
            own_words=query_arg("q", 2000),
            services=request.values.get("services", "")[:400],
        )
    form = NewBriefForm(own_words=query_arg("q", 2000))
    is_shown = bool(request.form.get("shown"))
    linked = request.values.get("services", "")[:400].split(",")
    chosen = [code for code in (request.form.getlist("service") if is_shown else linked) if code]
    asks_for_suggestions = request.form.get("then") == "suggest"
    if form.validate_on_submit() and viewer.is_company and not asks_for_suggestions:
        with form.catch_refusal():
            brief = use_cases.create_draft(viewer, form.own_words.data or "", chosen)
            return see_other("briefs.resume", reference=brief.reference)
    suggestions = service_suggestions.suggest(form.own_words.data or "")
    suggested = {suggestion.code for suggestion in suggestions}
    likely = {suggestion.code for suggestion in suggestions if suggestion.is_likely}
    return render_template(
        "briefs/new.html",
        form=form,
        topics=len(guide.load().topics),
        suggestions=suggestions,
        given=service_suggestions.known_services(code for code in chosen if code not in suggested),
        chosen={*chosen, *(likely if asks_for_suggestions or not (is_shown or chosen) else ())},
    )


@blueprint.post("/briefs/<reference>/delete")
@access.company
def delete(reference: str) -> ViewResponse:
    """Delete a draft. It can be restored from the list."""
    brief = use_cases.delete_draft(current_viewer(), reference)
    flashes.done(
        _(
            "“%(title)s” has been deleted. You can restore it from this page for %(days)s days.",
            title=queries.display_title(brief),
            days=UNDO_DELETE_DAYS,
        )
    )
    return see_other("briefs.index", _anchor="deleted")


@blueprint.post("/briefs/<reference>/restore")
@access.company
def restore(reference: str) -> ViewResponse:
    """Restore a deleted draft."""
    brief = use_cases.restore_draft(current_viewer(), reference)
    flashes.done(_("“%(title)s” has been restored.", title=queries.display_title(brief)))
    return see_other("briefs.resume", reference=brief.reference)


@blueprint.post("/briefs/<reference>/copy")
@access.company
def copy(reference: str) -> ViewResponse:
    """Create a draft as a copy of an earlier brief."""
    with flashes.catch_refusal():
        brief = use_cases.copy_brief(current_viewer(), reference)
        flashes.done(_("This is a copy. The dates are new, and everything else is unchanged."))
        return see_other("briefs.resume", reference=brief.reference)
    return see_other("briefs.index")
