"""Page for submitting a change to a published brief, which ranks the suppliers again."""

from flask import render_template

from marketplace.briefs import amendment, queries as briefs
from marketplace.briefs.deadlines import MIN_WORKING_DAYS_AFTER_AMENDMENT
from marketplace.briefs.lifecycle import Phase
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.sourcing import use_cases
from marketplace.sourcing.forms import AmendForm
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/amend", methods=["GET", "POST"])
@access.company_owner
def amend(reference: str) -> ViewResponse:
    """Show and submit the pending change, with what blocks it. A second submit redirects like the first."""
    viewer = current_viewer()
    brief_view = briefs.view_of(viewer, briefs.own_brief(viewer, reference))
    if brief_view.phase is not Phase.OPEN:
        return see_other("briefs.show", reference=reference)
    form = AmendForm()
    if form.validate_on_submit():
        try:
            use_cases.amend_brief(viewer, reference, form.deadline.data)
        except RuleBroken as error:
            form.add_rule_error(error)
        except Conflict:
            return see_other("briefs.show", reference=reference, _anchor="changes")
        else:
            flashes.done(
                _(
                    "The change has been sent. Everyone who has been invited or is preparing an offer has been notified."
                )
            )
            return see_other("briefs.show", reference=reference, _anchor="changes")
    return render_template(
        "sourcing/amend.html",
        brief_view=brief_view,
        form=form,
        working_days=MIN_WORKING_DAYS_AFTER_AMENDMENT,
        pending=briefs.pending_amendment(brief_view),
        topics=amendment.editable_topics(brief_view.guide),
    )
