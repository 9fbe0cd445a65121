"""After the choice: what is agreed, hand-over, an early end, and whether it worked."""

from flask import render_template
from werkzeug.wrappers import Response

from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries, use_cases
from marketplace.proposals.forms.award import OutcomeForm, handover_form
from marketplace.proposals.forms.reasons import ReasonForm
from marketplace.proposals.lifecycle import (
    HANDOVER_ANSWERS,
    HANDOVER_ITEMS,
    REOPEN_DAYS,
    ROUND_LABELS,
    days_after,
    may_reopen,
)
from marketplace.proposals.queries import Offers
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int]


def _job(reference: str, *, running: bool = True) -> Offers:
    found = queries.offers_for(current_viewer(), reference)
    if found.award is None or (running and found.phase is not Phase.AWARDED):
        raise NotFound
    return found


@blueprint.get("/briefs/<reference>/job")
@access.company
def job(reference: str) -> Answer:
    """What is agreed with the chosen supplier, and what comes next."""
    found = _job(reference, running=False)
    award = found.award
    assert award is not None
    outcomes = queries.outcomes_of(current_viewer(), reference)[1] if found.phase is Phase.DELIVERED else []
    return render_template(
        "proposals/job.html",
        found=found,
        award=award,
        offer=next(offer for offer in found.offers if offer.id == award.proposal_id),
        may_reopen=found.phase is Phase.AWARDED and may_reopen(award.awarded_at, clock.now()),
        reopen_until=days_after(award.awarded_at, REOPEN_DAYS),
        handover=[
            (str(label), str(HANDOVER_ANSWERS[award.handover[item]]))
            for item, label in HANDOVER_ITEMS.items()
            if item in award.handover
        ],
        outcomes=[(one, str(ROUND_LABELS[one.round]), one.due_on <= clock.today()) for one in outcomes],
    )


@blueprint.route("/briefs/<reference>/deliver", methods=["GET", "POST"])
@access.company_owner
def deliver(reference: str) -> Answer:
    """Confirm the delivery with the hand-over checklist."""
    found, form = _job(reference), handover_form()
    if form.validate_on_submit():
        try:
            use_cases.deliver(current_viewer(), reference, form.answers())
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Delivery has been confirmed. Two more minutes: did it work?"))
            return see_other("proposals.outcome", reference=reference, name="handover")
    html = render_template("proposals/deliver.html", found=found, form=form, items=list(HANDOVER_ITEMS))
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefs/<reference>/terminate", methods=["GET", "POST"])
@access.company_owner
def terminate(reference: str) -> Answer:
    """End a job before it is delivered."""
    found, form = _job(reference), ReasonForm()
    if form.validate_on_submit():
        try:
            use_cases.terminate(current_viewer(), reference, form.reason.data or "")
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("The job has ended. The supplier and your business garden will be notified."))
            return see_other("proposals.job", reference=reference)
    html = render_template("proposals/terminate.html", found=found, form=form)
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefs/<reference>/outcome/<name>", methods=["GET", "POST"])
@access.company
def outcome(reference: str, name: str) -> Answer:
    """Say whether it worked."""
    brief, rounds = queries.outcomes_of(current_viewer(), reference)
    found = next((one for one in rounds if one.round == name), None)
    if found is None or found.due_on > clock.today():
        raise NotFound
    form = OutcomeForm(obj=found)
    if form.validate_on_submit():
        try:
            use_cases.answer_outcome(current_viewer(), reference, name, form.outcome())
        except (RuleBroken, Conflict) as error:
            form.add_rule_error(RuleBroken(error.message, getattr(error, "field", None)))
        else:
            flashes.done(_("Thank you. Your answers have been saved."))
            return see_other("proposals.job", reference=reference)
    label = str(ROUND_LABELS[name])
    html = render_template(
        "proposals/outcome.html",
        brief=brief,
        form=form,
        label=label,
        shared=queries.is_told_one_by_one(brief),
    )
    return html, 422 if form.is_submitted() else 200
