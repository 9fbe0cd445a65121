"""Panel and pages where a supplier answers an invitation."""

from flask import render_template

from marketplace.briefs import queries as briefs
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import BriefView
from marketplace.core.errors import NotFound
from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.forms import DeclineForm
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def invitation_panel(viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel where an invited supplier answers its invitation while the brief is open."""
    invitation = queries.invitation_for(viewer, brief_view.brief.id)
    if invitation is None or brief_view.phase is not Phase.OPEN:
        return None
    return Panel(
        "sourcing/_invitation_panel.html",
        {
            "reference": brief_view.brief.reference,
            "state": invitation.state,
            "garden": invitation.suggested_by.name if invitation.suggested_by else "",
            "suggestion": invitation.suggestion,
        },
    )


@blueprint.route("/briefs/<reference>/decline", methods=["GET", "POST"])
@access.supplier
def decline(reference: str) -> ViewResponse:
    """Decline an invitation with a reason."""
    viewer = current_viewer()
    brief_view = briefs.brief_view_for(viewer, reference)
    if queries.invitation_for(viewer, brief_view.brief.id) is None:
        raise NotFound
    form = DeclineForm()
    if form.saves(lambda: use_cases.decline(viewer, reference, form.reason.data, form.text.data or "")):
        flashes.done(
            _(
                "You have declined. The company can invite another supplier. You can undo this on the page of the brief until the deadline."
            )
        )
        return see_other("sourcing.opportunities")
    return render_template("sourcing/decline.html", form=form, brief_view=brief_view)


@blueprint.post("/briefs/<reference>/look")
@access.supplier
def mark_seen(reference: str) -> ViewResponse:
    """Confirm to the company that the brief has been read. Opening the brief alone confirms nothing."""
    use_cases.mark_seen(current_viewer(), reference)
    flashes.done(_("The company can now see that you are looking at the brief."))
    return see_other("briefs.show", reference=reference)


@blueprint.post("/briefs/<reference>/reconsider")
@access.supplier
def reconsider(reference: str) -> ViewResponse:
    """Undo a decline."""
    use_cases.reconsider(current_viewer(), reference)
    flashes.done(_("You have undone your decline. You can now write an offer."))
    return see_other("briefs.show", reference=reference)
