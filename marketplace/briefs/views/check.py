"""Check page of a draft: missing answers, suggestions, quality and publication."""

from flask import render_template, request, url_for
from werkzeug.utils import redirect

from marketplace.briefs import queries, use_cases
from marketplace.briefs.deadlines import REVIEW_WORKING_DAYS
from marketplace.briefs.forms import ReviewForm
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.panels import PanelSlot, panel_slots
from marketplace.briefs.views.base import blueprint
from marketplace.briefs.views.guide import own_brief_view, state_label, topic_states
from marketplace.core.hooks import build_panels
from marketplace.core.i18n import gettext as _
from marketplace.core.text import clean_line
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/briefs/<reference>/check")
@access.company
def check(reference: str) -> ViewResponse:
    """Show the check of a draft before publication."""
    brief_view = own_brief_view(reference)
    if brief_view.phase is not Phase.DRAFT:
        return redirect(url_for("briefs.show", reference=reference), 303)
    return render_template(
        "briefs/check.html",
        brief_view=brief_view,
        draft_check=queries.draft_check(brief_view),
        saved_by=queries.last_saved_by(brief_view.brief),
        panels=build_panels(panel_slots[PanelSlot.CHECK], current_viewer(), brief_view, request.args),
        states=topic_states(brief_view),
        state_label=state_label,
        review_form=ReviewForm(),
        review_days=REVIEW_WORKING_DAYS,
    )


@blueprint.post("/briefs/<reference>/wish")
@access.company
def make_requirement_optional(reference: str) -> ViewResponse:
    """Move a must-have requirement to the wishes."""
    requirement = (clean_line(request.form.get("requirement")) or "")[:400]
    with flashes.catch_refusal():
        use_cases.make_requirement_optional(current_viewer(), reference, requirement)
        flashes.done(_("“%(requirement)s” is now a nice-to-have.", requirement=requirement))
    return see_other("briefs.check", reference=reference)
