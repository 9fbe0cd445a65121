"""Panel and page for what-if counts of a draft, and publication."""

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect

from marketplace.briefs import queries as briefs
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import BriefView
from marketplace.core.dates import parse_date
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.forms import presence_label, requirement_label
from marketplace.sourcing.labels import budget_label
from marketplace.sourcing.queries.what_if import Scenario
from marketplace.sourcing.views.base import blueprint
from marketplace.sourcing.views.early_choice import early_choice_page
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

INDEXES = {str(index): index for index in range(40)}
"""Accepted values of `without` in the query string; a brief has fewer must-haves."""


def _parse_scenario(args: MultiDict[str, str]) -> Scenario:
    finish = parse_date(args.get("finish", "")[:10])
    return Scenario(
        args.get("budget", "")[:10] or None,
        args.get("presence", "")[:10] or None,
        finish,
        frozenset(INDEXES[text] for text in args.getlist("without") if text in INDEXES),
        any_language=args.get("languages") == "any",
    )


LABELS = {
    "budget_label": budget_label,
    "presence_label": presence_label,
    "requirement_label": requirement_label,
}


def what_if_panel(_viewer: Viewer, brief_view: BriefView, args: MultiDict[str, str]) -> Panel:
    """Build the what-if panel of the check page."""
    result = queries.what_if_for(brief_view, _parse_scenario(args))
    return Panel("sourcing/_what_if_panel.html", {"result": result, **LABELS})


@blueprint.get("/briefs/<reference>/fit")
@access.company
def what_if(reference: str) -> ViewResponse:
    """Show the suppliers that would fit, and the effect of each change. Does not change the brief.

    While the brief waits for its garden, the company chooses here whom to invite when it opens.
    """
    result = queries.what_if(current_viewer(), reference, _parse_scenario(request.args))
    if result.brief_view.phase is Phase.WAITING and not result.brief_view.brief.versions:
        return early_choice_page(queries.what_if_for(result.brief_view, Scenario()))
    if result.brief_view.phase is not Phase.DRAFT:
        return redirect(url_for("sourcing.ranking", reference=reference), 303)
    return render_template(
        "sourcing/what_if.html",
        panel_values={"result": result, **LABELS},
        brief_view=result.brief_view,
        wait=briefs.publication_wait(result.brief_view.brief, result.brief_view.phase),
    )


@blueprint.post("/briefs/<reference>/publish")
@access.company_owner
def publish(reference: str) -> ViewResponse:
    """Publish the brief and rank the directory for it. A second submit redirects like the first."""
    viewer = current_viewer()
    try:
        brief = use_cases.publish_brief(viewer, reference, confirmed=request.form.get("confirmed") == "yes")
    except RuleBroken as error:
        flashes.warn(error.message)
        return see_other("briefs.check", reference=reference)
    except Conflict:
        phase = briefs.brief_view_for(viewer, reference).phase
        if phase is Phase.WAITING:
            return see_other("sourcing.what_if", reference=reference)
        if phase is Phase.OPEN:
            return see_other("sourcing.ranking", reference=reference)
        raise
    if briefs.phase_of(brief) is Phase.WAITING:
        flashes.done(_("The brief has been sent. The opening time is shown below."))
        return see_other("sourcing.what_if", reference=reference)
    flashes.done(_("The brief has been published. Now choose which suppliers to invite."))
    return see_other("sourcing.ranking", reference=reference)
