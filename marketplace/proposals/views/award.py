"""The company's decision: one offer, nobody, ruling one out, and taking a choice back."""

from flask import render_template, request
from werkzeug.wrappers import Response

from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries, use_cases
from marketplace.proposals.comparison import compare
from marketplace.proposals.forms.award import NobodyForm, RuleOutForm, award_form
from marketplace.proposals.forms.reasons import ReasonForm
from marketplace.proposals.lifecycle import may_reopen
from marketplace.proposals.queries import Offers
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int]
TO_JUDGE = {Phase.EVALUATING, Phase.LAPSED}


def _to_judge(reference: str) -> Offers:
    """Return the opened offers to a brief that waits for the company's choice. Raises NotFound."""
    found = queries.offers_for(current_viewer(), reference)
    if found.is_sealed:
        raise NotFound
    return found


@blueprint.route("/briefs/<reference>/award", methods=["GET", "POST"])
@access.company_owner
def award(reference: str) -> Answer:
    """Choose an offer, then say why to it and to all the others."""
    viewer, found = current_viewer(), _to_judge(reference)
    if found.award is not None and request.method == "GET":
        return see_other("proposals.job", reference=reference)
    if found.phase not in TO_JUDGE:
        raise Conflict(
            _("A choice has been made, or the brief has been closed. Open the brief to see its status.")
        )
    live, number = found.live, request.values.get("proposal", type=int)
    if number is None and len(live) == 1:
        number = live[0].id
    if number is None and live:
        return render_template(
            "proposals/choose.html", found=found, comparison=compare(live, found.requirements)
        )
    chosen = next((offer for offer in live if offer.id == number), None)
    if chosen is None:
        raise NotFound
    others = [offer for offer in live if offer.id != chosen.id]
    form = award_form(chosen, others)
    if form.validate_on_submit():
        try:
            use_cases.award(viewer, reference, form.details(chosen), form.replies(others))
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(
                _("You have chosen %(name)s. Everyone who answered has been notified.", name=chosen.name)
            )
            return see_other("proposals.job", reference=reference)
    html = render_template(
        "proposals/award.html",
        found=found,
        chosen=chosen,
        others=others,
        form=form,
        is_late=found.phase is Phase.LAPSED,
    )
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefs/<reference>/nobody", methods=["GET", "POST"])
@access.company_owner
def nobody(reference: str) -> Answer:
    """End the brief without a choice."""
    found = _to_judge(reference)
    if found.phase not in TO_JUDGE:
        raise NotFound
    form = NobodyForm()
    if form.validate_on_submit():
        try:
            use_cases.choose_nobody(current_viewer(), reference, form.reply())
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("The brief has ended, and everyone who answered has been notified."))
            return see_other("proposals.compare", reference=reference)
    html = render_template("proposals/nobody.html", found=found, form=form)
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefs/<reference>/proposals/<int:proposal_id>/rule-out", methods=["GET", "POST"])
@access.company_owner
def rule_out(reference: str, proposal_id: int) -> Answer:
    """Rule out an offer that misses a must-have."""
    found, one = queries.offer_for(current_viewer(), reference, proposal_id)
    if found.phase is not Phase.EVALUATING or not one.is_live or not found.requirements.must_have:
        raise NotFound
    form = RuleOutForm(found.requirements.must_have)
    if form.validate_on_submit():
        try:
            use_cases.rule_out(
                current_viewer(), reference, proposal_id, form.demand.data or "", form.text.data or ""
            )
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("%(name)s is ruled out and has been told the reason.", name=one.name))
            return see_other("proposals.compare", reference=reference)
    html = render_template("proposals/rule_out.html", found=found, offer=one, form=form)
    return html, 422 if form.is_submitted() else 200


@blueprint.route("/briefs/<reference>/award/take-back", methods=["GET", "POST"])
@access.company_owner
def reopen(reference: str) -> Answer:
    """Take back the choice."""
    found = _to_judge(reference)
    if (
        found.award is None
        or found.phase is not Phase.AWARDED
        or not may_reopen(found.award.awarded_at, clock.now())
    ):
        raise NotFound
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            use_cases.reopen(current_viewer(), reference, form.reason.data or "")
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Your choice has been undone. You can choose again."))
            return see_other("proposals.compare", reference=reference)
    html = render_template("proposals/reopen.html", found=found, form=form)
    return html, 422 if form.is_submitted() else 200
