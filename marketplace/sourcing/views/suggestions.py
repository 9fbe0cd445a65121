"""Pages where a business garden adds an invited supplier, and where the company withdraws that invitation."""

from flask import render_template, request, url_for

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import brief_view_for
from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.core.text import clean_text
from marketplace.sourcing import queries, use_cases
from marketplace.sourcing.forms import SuggestionForm
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.confirmation import confirmation_page
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/suggest", methods=["GET", "POST"])
@access.reads_and_writes(access.Level.GARDEN, because="advisers know which suppliers fit their companies")
def suggest(reference: str) -> ViewResponse:
    """Add a supplier to the invited suppliers of a company's open brief, with a reason."""
    viewer = current_viewer()
    brief_view = brief_view_for(viewer, reference)
    if brief_view.phase is not Phase.OPEN:
        if request.method == "POST":
            raise Conflict(_("The brief is not open, so nobody can be invited now."))
        return see_other("briefs.show", reference=reference)
    form = SuggestionForm(data={"supplier": request.args.get("supplier", "")})
    choices = [(str(supplier_id), name) for supplier_id, name in queries.suppliers_to_suggest(brief_view)]
    form.supplier.set_choices([("", _("Choose a supplier")), *choices])
    if form.saves(
        lambda: use_cases.suggest_supplier(
            viewer, reference, int(form.supplier.data), clean_text(form.reason.data) or ""
        )
    ):
        flashes.done(_("The supplier has been invited, and the company has been told."))
        return see_other("sourcing.ranking", reference=reference)
    return render_template("sourcing/suggest.html", form=form, brief_view=brief_view)


@blueprint.route("/briefs/<reference>/invited/<int:supplier_id>/withdraw", methods=["GET", "POST"])
@access.company_owner
def withdraw_suggested(reference: str, supplier_id: int) -> ViewResponse:
    """Withdraw an invitation that a business garden added, after confirmation."""
    viewer = current_viewer()
    if request.method == "GET":
        invitation = use_cases.suggested_invitation(viewer, reference, supplier_id)
        return confirmation_page(
            _("Withdraw the invitation of %(supplier)s", supplier=invitation.supplier.name),
            [
                _("The supplier and your business garden get a message about it."),
                _("If the supplier has already started an offer, it can still be sent."),
            ],
            _("Withdraw the invitation"),
            url_for("sourcing.ranking", reference=reference),
        )
    name = use_cases.withdraw_suggested(viewer, reference, supplier_id)
    flashes.done(_("The invitation of %(supplier)s has been withdrawn.", supplier=name))
    return see_other("sourcing.ranking", reference=reference)
