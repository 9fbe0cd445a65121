"""Pages after the award: agreement, handover and early termination."""

from flask import render_template

from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.dates import end_of_day_after
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries, use_cases
from marketplace.proposals.award_deadlines import REOPEN_DAYS, can_reopen
from marketplace.proposals.forms.award import handover_form
from marketplace.proposals.forms.reasons import ReasonForm
from marketplace.proposals.lifecycle import HANDOVER_ANSWERS, ROUND_LABELS, handover_items
from marketplace.proposals.queries import BriefOffers
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def _job(reference: str, *, running: bool = True) -> BriefOffers:
    brief_offers = queries.offers_for(current_viewer(), reference)
    if brief_offers.award is None or (running and brief_offers.phase is not Phase.AWARDED):
        raise NotFound
    return brief_offers


@blueprint.get("/briefs/<reference>/job")
@access.company
def job(reference: str) -> ViewResponse:
    """Show the agreement with the chosen supplier and the next steps."""
    brief_offers = _job(reference, running=False)
    award = brief_offers.award
    assert award is not None
    outcomes = (
        queries.outcomes_of(current_viewer(), reference)[1] if brief_offers.phase is Phase.DELIVERED else []
    )
    return render_template(
        "proposals/job.html",
        brief_offers=brief_offers,
        award=award,
        offer=next(offer for offer in brief_offers.offers if offer.id == award.proposal_id),
        can_reopen=brief_offers.phase is Phase.AWARDED and can_reopen(award.awarded_at, clock.now()),
        reopen_until=end_of_day_after(award.awarded_at, REOPEN_DAYS),
        handover=[
            (str(label), str(HANDOVER_ANSWERS[award.handover[item]]))
            for item, label in handover_items(brief_offers.requirements.deliverables).items()
            if item in award.handover
        ],
        outcomes=[(one, str(ROUND_LABELS[one.round]), one.due_on <= clock.today()) for one in outcomes],
    )


@blueprint.route("/briefs/<reference>/deliver", methods=["GET", "POST"])
@access.company_owner
def deliver(reference: str) -> ViewResponse:
    """Confirm the delivery with the handover checklist; after the delivery, change the checklist."""
    brief_offers = _job(reference, running=False)
    is_delivered = brief_offers.phase is Phase.DELIVERED
    if brief_offers.award is None or not (is_delivered or brief_offers.phase is Phase.AWARDED):
        raise NotFound
    items = handover_items(brief_offers.requirements.deliverables)
    form = handover_form(items, brief_offers.award.handover)
    if form.validate_on_submit():
        save = use_cases.change_handover if is_delivered else use_cases.deliver
        with form.catch_refusal():
            save(current_viewer(), reference, form.answers())
            if is_delivered:
                flashes.done(_("The handover list has been saved."))
                return see_other("proposals.job", reference=reference)
            flashes.done(_("Delivery has been confirmed. Two more minutes: did it work?"))
            return see_other("proposals.outcome", reference=reference, name="handover")
    return render_template(
        "proposals/deliver.html",
        brief_offers=brief_offers,
        form=form,
        items=list(items),
        is_delivered=is_delivered,
        is_before_start=not is_delivered and clock.today() < brief_offers.award.start_on,
    )


@blueprint.route("/briefs/<reference>/terminate", methods=["GET", "POST"])
@access.company_owner
def terminate(reference: str) -> ViewResponse:
    """Terminate a job before delivery."""
    brief_offers, form = _job(reference), ReasonForm()
    if form.saves(lambda: use_cases.terminate(current_viewer(), reference, form.reason.data or "")):
        flashes.done(_("The job has ended. The supplier and your business garden will be notified."))
        return see_other("proposals.job", reference=reference)
    return render_template("proposals/terminate.html", brief_offers=brief_offers, form=form)
