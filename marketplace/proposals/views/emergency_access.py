"""Administrator pages for emergency access to sealed content."""

from flask import render_template

from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries
from marketplace.proposals.forms.emergency_access import EmergencyAccessForm
from marketplace.proposals.offer_display import OfferDisplay
from marketplace.proposals.use_cases.emergency_access import EMERGENCY_ACCESS_MINUTES, grant_emergency_access
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/admin/sealed", methods=["GET", "POST"])
@access.admin
def emergency_access() -> ViewResponse:
    """Request emergency access to a brief's sealed content."""
    viewer, form = current_viewer(), EmergencyAccessForm()
    if form.validate_on_submit():
        reference = (form.reference.data or "").strip()
        with form.catch_refusal():
            grant_emergency_access(viewer, reference, (form.reason.data or "").strip())
            flashes.done(_("You have access now. Those affected have been notified."))
            return see_other("proposals.emergency_view", reference=reference)
    return render_template(
        "proposals/emergency_access.html",
        form=form,
        accesses=queries.active_emergency_accesses(viewer),
        minutes=EMERGENCY_ACCESS_MINUTES,
    )


@blueprint.get("/admin/sealed/<reference>")
@access.admin
def emergency_view(reference: str) -> ViewResponse:
    """Show a brief's sealed content while the emergency access lasts."""
    view = queries.emergency_view(current_viewer(), reference)
    owned = view.requirements.ownership_labels
    offers = [(offer, OfferDisplay(offer.content, owned)) for offer in view.offers]
    return render_template("proposals/emergency_view.html", emergency_view=view, offers=offers)
