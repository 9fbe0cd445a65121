"""Transfers of suppliers between gardens."""

from flask import render_template, request

from marketplace.core.i18n import gettext as _
from marketplace.vetting import queries, use_cases
from marketplace.vetting.forms import TransferForm
from marketplace.vetting.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/garden/moves")
@access.garden
def transfers() -> ViewResponse:
    """List the garden's transfers."""
    return render_template("vetting/transfers.html", transfers=queries.transfers(current_viewer()))


@blueprint.route("/garden/suppliers/<int:supplier_id>/move", methods=["GET", "POST"])
@access.curator
def transfer(supplier_id: int) -> ViewResponse:
    """Ask another garden to take over a supplier."""
    viewer = current_viewer()
    supplier, form = queries.supplier_of_garden(viewer, supplier_id), TransferForm(viewer)
    if form.saves(
        lambda: use_cases.request_transfer(viewer, supplier_id, int(form.garden.data), form.reason.data or "")
    ):
        flashes.done(_("The other business garden has been asked."))
        return see_other("vetting.transfers")
    return render_template("vetting/transfer.html", form=form, supplier=supplier)


@blueprint.post("/garden/moves/<int:transfer_id>/answer")
@access.curator
def answer_transfer(transfer_id: int) -> ViewResponse:
    """Accept or decline a transfer."""
    agree = request.form.get("agree") == "yes"
    with flashes.catch_refusal():
        transferred = use_cases.answer_transfer(current_viewer(), transfer_id, agree=agree)
        name = transferred.supplier.name
        flashes.done(
            _("You are now responsible for %(supplier)s.", supplier=name)
            if agree
            else _("The other business garden has been notified.")
        )
    return see_other("vetting.transfers")


@blueprint.post("/garden/moves/<int:transfer_id>/withdraw")
@access.curator
def withdraw_transfer(transfer_id: int) -> ViewResponse:
    """Withdraw a request for transfer."""
    use_cases.withdraw_transfer(current_viewer(), transfer_id)
    flashes.done(_("The request has been withdrawn."))
    return see_other("vetting.transfers")
