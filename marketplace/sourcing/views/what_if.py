"""Who would fit a draft, what changes would do, and publishing it."""

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from marketplace.briefs import queries as briefs
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.panels import Panel
from marketplace.briefs.queries import BriefPaper
from marketplace.core.dates import parse_date
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.forms import PublishForm, budget_label, cut_label, presence_label
from marketplace.sourcing.queries.what_if import Trial
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int]
NUMBERS = {str(number): number for number in range(40)}
"""More must-haves than a brief can have, by how an address names them."""


def _trial(asked: MultiDict[str, str]) -> Trial:
    day = parse_date(asked.get("finish", "")[:10])
    return Trial(
        asked.get("budget", "")[:10] or None,
        asked.get("presence", "")[:10] or None,
        day,
        frozenset(NUMBERS[text] for text in asked.getlist("without") if text in NUMBERS),
        any_language=asked.get("languages") == "any",
    )


LABELS = {"budget_label": budget_label, "presence_label": presence_label, "cut_label": cut_label}


def what_if_panel(_viewer: Viewer, paper: BriefPaper, args: MultiDict[str, str]) -> Panel:
    """Build the what-if panel of the check page."""
    found = queries.fitting_of(paper, _trial(args))
    return Panel("sourcing/_panel.html", {"found": found, **LABELS})


@blueprint.get("/briefs/<reference>/fit")
@access.company
def fit(reference: str) -> Answer:
    """Who would fit, and what each change would do. Nothing in the brief changes here."""
    found = queries.fitting(current_viewer(), reference, _trial(request.args))
    if found.paper.phase is not Phase.DRAFT:
        return redirect(url_for("sourcing.ranking", reference=reference), 303)
    return render_template("sourcing/fit.html", form=PublishForm(), panel_values={"found": found, **LABELS})


@blueprint.post("/briefs/<reference>/publish")
@access.company_owner
def publish(reference: str) -> Answer:
    """Publish the brief and rank the directory for it. A second click leads where the first one did."""
    viewer = current_viewer()
    try:
        use_cases.publish_brief(viewer, reference, confirmed=request.form.get("confirmed") == "yes")
    except RuleBroken as error:
        flashes.warn(error.message)
        return see_other("briefs.check", reference=reference)
    except Conflict:
        if briefs.paper_for(viewer, reference).phase is Phase.OPEN:
            return see_other("sourcing.ranking", reference=reference)
        raise
    flashes.done(_("The brief has been published. Now choose which suppliers to invite."))
    return see_other("sourcing.ranking", reference=reference)
