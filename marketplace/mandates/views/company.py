"""The page on which a company lets business gardens write for it, and sees what they have done."""

from flask import render_template

from marketplace.core import clock
from marketplace.core.errors import Conflict
from marketplace.core.i18n import format_date, gettext as _
from marketplace.core.identifiers import parse_id
from marketplace.mandates.forms import ChangeMandateForm, GiveMandateForm
from marketplace.mandates.hooks import find_act
from marketplace.mandates.queries.confirmations import title_of, waiting_confirmations
from marketplace.mandates.queries.mandates import mandate_history, mandates_of_company, own_mandate
from marketplace.mandates.rules import latest_end
from marketplace.mandates.use_cases import mandates as use_cases
from marketplace.mandates.views.base import blueprint
from marketplace.organisations import queries as organisations
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add
from marketplace.web.query_args import page_arg, query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/organisation/mandates", methods=["GET", "POST"])
@access.company_owner
def mandates() -> ViewResponse:
    """List the gardens that write for the company and their acts, and let another garden write."""
    viewer = current_viewer()
    company = organisations.own_company(viewer)
    found = mandates_of_company(company.id)
    active = [mandate for mandate in found if mandate.is_active]
    writing = {mandate.garden_id for mandate in active}
    form = GiveMandateForm(company, writing, parse_id(query_arg("garden", 10)))
    if add(
        form,
        lambda form: use_cases.give_mandate(
            viewer, int(form.garden.data), form.until.data, reads_offers=form.reads_offers.data
        ),
    ):
        flashes.done(_("The business garden can write for you now."))
        return see_other("mandates.mandates")
    return render_template(
        "mandates/company.html",
        company=company,
        form=form,
        active=active,
        earlier=[mandate for mandate in found if not mandate.is_active],
        waiting=[
            (find_act(one.act).name, title_of(viewer, one), one) for one in waiting_confirmations(company.id)
        ],
        history=mandate_history(viewer, page_arg()),
        latest=latest_end(clock.today()),
    )


@blueprint.route("/organisation/mandates/<int:mandate_id>/change", methods=["GET", "POST"])
@access.company_owner
def change_mandate(mandate_id: int) -> ViewResponse:
    """Change the end date of a mandate, and its access to offers."""
    viewer = current_viewer()
    mandate = own_mandate(viewer, mandate_id)
    if not mandate.is_active:
        raise Conflict(_("The permission has already ended. You can let the garden write for you again."))
    form = ChangeMandateForm(data={"until": mandate.until, "reads_offers": mandate.reads_offers})
    if add(
        form,
        lambda form: use_cases.change_mandate(
            viewer, mandate_id, form.until.data, reads_offers=form.reads_offers.data
        ),
    ):
        flashes.done(_("They can write for you until %(date)s.", date=format_date(form.until.data)))
        return see_other("mandates.mandates")
    return render_template(
        "mandates/change.html", mandate=mandate, form=form, latest=latest_end(clock.today())
    )


@blueprint.post("/organisation/mandates/<int:mandate_id>/withdraw")
@access.company_owner
def withdraw_mandate(mandate_id: int) -> ViewResponse:
    """End a mandate at once."""
    mandate = use_cases.withdraw_mandate(current_viewer(), mandate_id)
    flashes.done(_("%(garden)s no longer writes for you.", garden=mandate.garden.name))
    return see_other("mandates.mandates")


@blueprint.post("/companies/<int:company_id>/mandate")
@access.reads_and_writes(
    access.Level.GARDEN, because="advisers help the garden's companies and may ask to write for them"
)
def ask_for_mandate(company_id: int) -> ViewResponse:
    """Ask a company for a mandate."""
    with flashes.catch_refusal():
        company = use_cases.ask_for_mandate(current_viewer(), company_id)
        flashes.done(_("Your request has been sent to %(company)s.", company=company.name))
    return see_other("pages.company_card", company_id=company_id)
