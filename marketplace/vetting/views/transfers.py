"""The garden's pages about whose a supplier is: moves between gardens, and ties."""

from flask import render_template, request

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.vetting import queries, use_cases
from marketplace.vetting.forms.transfers import MoveForm, TieForm, tie_kinds
from marketplace.vetting.views.base import Answer, blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer


@blueprint.get("/garden/moves")
@access.garden
def transfers() -> Answer:
    """Suppliers on their way from one garden to another."""
    return render_template("vetting/transfers.html", moves=queries.moves(current_viewer()))


@blueprint.route("/garden/suppliers/<int:supplier_id>/move", methods=["GET", "POST"])
@access.curator
def transfer(supplier_id: int) -> Answer:
    """Ask another garden to take over a supplier."""
    viewer = current_viewer()
    supplier, form = queries.own_supplier_of_garden(viewer, supplier_id), MoveForm(viewer)
    if form.validate_on_submit():
        try:
            use_cases.ask_to_move(viewer, supplier_id, int(form.garden.data), form.reason.data or "")
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("The other business garden has been asked."))
            return see_other("vetting.transfers")
    return render_template("vetting/transfer.html", form=form, supplier=supplier)


@blueprint.post("/garden/moves/<int:move_id>/answer")
@access.curator
def answer_transfer(move_id: int) -> Answer:
    """Take over a supplier, or decline."""
    agree = request.form.get("agree") == "yes"
    try:
        taken = use_cases.answer_move(current_viewer(), move_id, agree=agree)
    except RuleBroken as error:
        flashes.warn(error.message)
    else:
        name = taken.supplier.name
        flashes.done(
            _("You are now responsible for %(supplier)s.", supplier=name)
            if agree
            else _("The other business garden has been notified.")
        )
    return see_other("vetting.transfers")


@blueprint.post("/garden/moves/<int:move_id>/withdraw")
@access.curator
def withdraw_transfer(move_id: int) -> Answer:
    """Take back what one's garden asked for."""
    use_cases.withdraw_move(current_viewer(), move_id)
    flashes.done(_("The move has been withdrawn."))
    return see_other("vetting.transfers")


@blueprint.route("/garden/ties", methods=["GET", "POST"])
@access.garden
@access.writes(Level.GARDEN, because="everyone in a garden states their own ties, advisers too")
def conflicts_of_interest() -> Answer:
    """The viewer's ties to suppliers, and stating one."""
    viewer = current_viewer()
    form = TieForm(viewer, data={"supplier": request.args.get("supplier", "")[:10]})
    if form.validate_on_submit():
        try:
            use_cases.state_tie(viewer, int(form.supplier.data), form.kind.data)
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Noted. Another curator will decide on this supplier."))
            return see_other("vetting.conflicts_of_interest")
    return render_template(
        "vetting/conflicts_of_interest.html", form=form, ties=queries.ties(viewer), kinds=dict(tie_kinds())
    )


@blueprint.post("/garden/ties/<int:tie_id>/end")
@access.garden
@access.writes(Level.GARDEN, because="everyone in a garden says when their own tie is over")
def end_conflict(tie_id: int) -> Answer:
    """Say that a tie is over."""
    use_cases.end_tie(current_viewer(), tie_id)
    flashes.done(_("The connection has ended. The audit log shows that it existed."))
    return see_other("vetting.conflicts_of_interest")
