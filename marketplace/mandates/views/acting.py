"""Start and end of writing for a company, and the panel for it on the company's page."""

from flask import redirect, request

from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.mandates.queries.mandates import mandate_status
from marketplace.mandates.use_cases import acting
from marketplace.mandates.views.base import blueprint
from marketplace.organisations.hooks import CompanyPanel
from marketplace.web import access, flashes
from marketplace.web.redirects import safe_path, see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_mandate, current_token, current_viewer


@blueprint.post("/companies/<int:company_id>/write")
@access.reads_and_writes(
    access.Level.GARDEN, because="the company has let the whole business garden write for it"
)
def start_writing(company_id: int) -> ViewResponse:
    """Start writing for a company that has given the garden a mandate."""
    with flashes.catch_refusal():
        mandate = acting.start_writing(current_viewer(), current_token() or "", company_id)
        flashes.done(_("You write for %(company)s now.", company=mandate.company.name))
        return see_other("briefs.index")
    return see_other("pages.company_card", company_id=company_id)


@blueprint.post("/mandate/stop")
@access.reads_and_writes(access.Level.SIGNED_IN, because="it only gives up a right")
def stop_writing() -> ViewResponse:
    """Stop writing for a company. Redirects to the page in the form field `next`, or else to the page of the company."""
    mandate = current_mandate()
    if mandate is None:
        return see_other("pages.home")
    acting.stop_writing(current_viewer(), current_token() or "", mandate)
    flashes.done(_("You no longer write for %(company)s.", company=mandate.company))
    if (target := safe_path(request.form.get("next"))) is not None:
        return redirect(target, 303)
    if mandate.end_reason in {"left", "closed", "unfollowed"} or mandate.company_id is None:
        return see_other("pages.home")
    return see_other("pages.company_card", company_id=mandate.company_id)


def mandate_panel(viewer: Viewer, company_id: int) -> CompanyPanel:
    """Build the panel with the button to write for a company, or to ask the company for a mandate."""
    status = mandate_status(company_id, viewer.organisation_id)
    return CompanyPanel("mandates/_company_panel.html", {"status": status})
