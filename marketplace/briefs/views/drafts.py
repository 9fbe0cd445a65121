"""The company's list of briefs, and beginning, copying, deleting and taking back a draft."""

from flask import render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from marketplace.briefs import queries, service_suggestions, use_cases
from marketplace.briefs.forms import NewBriefForm
from marketplace.briefs.views.base import blueprint
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.organisations import queries as organisations
from marketplace.web import access, flashes
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int]
MOST_SERVICES = 4


@blueprint.get("/briefs")
@access.company
def index() -> Answer:
    """Our briefs, the last changed first."""
    viewer = current_viewer()
    found = queries.own_briefs(viewer, page_arg())
    return render_template(
        "briefs/index.html",
        page=found,
        briefs=found.items,
        deleted=queries.deleted_drafts(viewer),
        title_of=queries.shown_title,
    )


@blueprint.get("/companies/<int:company_id>/briefs")
@access.garden
def company_briefs(company_id: int) -> Answer:
    """A company's briefs, for its business garden."""
    viewer = current_viewer()
    company = organisations.company_for(viewer, company_id)
    found = queries.briefs_of_company(viewer, company_id, page_arg())
    briefs = [queries.view_of(viewer, brief) for brief in found.items]
    return render_template("briefs/company_briefs.html", page=found, briefs=briefs, company=company)


@blueprint.get("/companies/elsewhere")
@access.garden
def elsewhere() -> Answer:
    """Titles of open briefs that other gardens follow up."""
    return render_template(
        "briefs/elsewhere.html", page=queries.titles_elsewhere(current_viewer(), page_arg())
    )


@blueprint.route("/briefs/new", methods=["GET", "POST"])
@access.company
def new() -> Answer:
    """Begin a brief, perhaps from what was written on the front page."""
    form = NewBriefForm(own_words=query_arg("q", 2000))
    asked = request.values.get("services", "")[:400].split(",")
    if form.validate_on_submit():
        words = form.own_words.data or ""
        chosen = request.form.getlist("service") if request.form.get("shown") else asked
        if request.form.get("then") == "suggest":
            return _new_page(form, asked)
        try:
            brief = use_cases.create_draft(current_viewer(), words, chosen[:MOST_SERVICES])
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            return see_other("briefs.resume", reference=brief.reference)
    return _new_page(form, asked)


def _new_page(form: NewBriefForm, asked: list[str]) -> str:
    suggestions = service_suggestions.suggest(form.own_words.data or "")
    known = {suggestion.code for suggestion in suggestions}
    given = service_suggestions.known_services(code for code in asked if code not in known)
    chosen = (
        set(asked) if any(asked) else {suggestion.code for suggestion in suggestions if suggestion.convincing}
    )
    return render_template("briefs/new.html", form=form, suggestions=suggestions, given=given, chosen=chosen)


@blueprint.post("/briefs/<reference>/delete")
@access.company
def delete(reference: str) -> Answer:
    """Delete a draft; it can be taken back from the list."""
    brief = use_cases.delete_draft(current_viewer(), reference)
    flashes.done(
        _(
            "%(title)s has been deleted. You can restore it from this page for 30 days.",
            title=queries.shown_title(brief),
        )
    )
    return see_other("briefs.index", _anchor="deleted")


@blueprint.post("/briefs/<reference>/restore")
@access.company
def restore(reference: str) -> Answer:
    """Take back a deleted draft."""
    brief = use_cases.restore_draft(current_viewer(), reference)
    flashes.done(_("%(title)s has been restored.", title=queries.shown_title(brief)))
    return see_other("briefs.resume", reference=brief.reference)


@blueprint.post("/briefs/<reference>/copy")
@access.company
def copy(reference: str) -> Answer:
    """Begin a new brief from an earlier one."""
    try:
        brief = use_cases.copy_brief(current_viewer(), reference)
    except RuleBroken as error:
        flashes.warn(error.message)
        return redirect(url_for("briefs.index"), 303)
    flashes.done(_("This is a copy. The dates are new, and everything else is unchanged."))
    return see_other("briefs.resume", reference=brief.reference)
