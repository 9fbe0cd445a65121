"""Decision pages of the company: award, also prepared by an adviser, no award, ruling out, and undo."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import render_template, request

from marketplace.briefs.deadlines import LAPSE_AFTER_DAYS
from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound, or_404
from marketplace.core.i18n import gettext as _
from marketplace.mandates.queries.confirmations import last_confirmation
from marketplace.mandates.use_cases.confirmations import ask_for_confirmation
from marketplace.proposals import queries, use_cases
from marketplace.proposals.award_deadlines import REOPEN_DAYS, can_reopen
from marketplace.proposals.comparison import compare
from marketplace.proposals.confirmable_award import to_details
from marketplace.proposals.forms.award import AwardForm, NoAwardForm, RuleOutForm, award_form
from marketplace.proposals.forms.reasons import ReasonForm
from marketplace.proposals.price_comparison import SHORT_MONTHS
from marketplace.proposals.queries import BriefOffers, Offer
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def _decidable_offers(reference: str) -> BriefOffers:
    """Return the opened offers of a brief that awaits the company's decision. Raises NotFound."""
    brief_offers = queries.offers_for(current_viewer(), reference)
    if brief_offers.is_sealed:
        raise NotFound
    return brief_offers


@blueprint.route("/briefs/<reference>/award", methods=["GET", "POST"])
@access.company_owner
def award(reference: str) -> ViewResponse:
    """Choose an offer, with an answer to each of the others."""
    viewer, brief_offers = current_viewer(), _decidable_offers(reference)
    if brief_offers.award is not None and request.method == "GET":
        return see_other("proposals.job", reference=reference)

    def save(chosen: Offer, form: AwardForm, others: Sequence[Offer]) -> ViewResponse | None:
        if not form.accepts(
            lambda: use_cases.award(viewer, reference, form.details(chosen), form.replies(others))
        ):
            return None
        flashes.done(
            _("You have chosen %(name)s. Everyone who answered has been notified.", name=chosen.name)
        )
        return see_other("proposals.job", reference=reference)

    return _choose(brief_offers, save, is_prepared=False)


@blueprint.route("/briefs/<reference>/award/prepare", methods=["GET", "POST"])
@access.company
def prepare_award(reference: str) -> ViewResponse:
    """Prepare the choice of an offer for a company, and ask its owners to confirm it."""
    viewer = current_viewer()
    if not viewer.is_mandated:
        raise NotFound
    brief_offers = _decidable_offers(reference)

    def save(chosen: Offer, form: AwardForm, others: Sequence[Offer]) -> ViewResponse | None:
        details = to_details(form.details(chosen), form.replies(others))
        if not form.accepts(lambda: ask_for_confirmation(viewer, "award", reference, details=details)):
            return None
        flashes.done(
            _(
                "The owners have received an e-mail with a link. You get a message when one of them has answered."
            )
        )
        return see_other("proposals.compare", reference=reference)

    last = last_confirmation(viewer.organisation_id, "award", brief_offers.brief.reference)
    return _choose(brief_offers, save, is_prepared=True, last=last)


def _choose(
    brief_offers: BriefOffers,
    save: Callable[[Offer, AwardForm, Sequence[Offer]], ViewResponse | None],
    **context: Any,
) -> ViewResponse:
    """Show the choice between the offers, then the form for the chosen one, which `save` saves."""
    if not brief_offers.awaits_decision:
        raise Conflict(
            _("A choice has been made, or the brief has been closed. Open the brief to see its status.")
        )
    live, proposal_id = brief_offers.live, request.values.get("proposal", type=int)
    if proposal_id is None and len(live) == 1:
        proposal_id = live[0].id
    if proposal_id is None and live:
        return render_template(
            "proposals/choose.html",
            brief_offers=brief_offers,
            comparison=compare(live, brief_offers.requirements),
            months=SHORT_MONTHS,
            here=request.path,
        )
    chosen = or_404(next((offer for offer in live if offer.id == proposal_id), None))
    others = [offer for offer in live if offer.id != chosen.id]
    form = award_form(chosen, others)
    if form.validate_on_submit() and (answer := save(chosen, form, others)) is not None:
        return answer
    return render_template(
        "proposals/award.html",
        reopen_days=REOPEN_DAYS,
        lapse_days=LAPSE_AFTER_DAYS,
        brief_offers=brief_offers,
        chosen=chosen,
        others=others,
        best=queries.better_scored(chosen, others),
        letter_scores=queries.letter_scores(brief_offers, others),
        form=form,
        is_late=brief_offers.phase is Phase.LAPSED,
        here=request.path,
        **context,
    )


@blueprint.route("/briefs/<reference>/nobody", methods=["GET", "POST"])
@access.company_owner
def no_award(reference: str) -> ViewResponse:
    """Close the brief without an award."""
    brief_offers = _decidable_offers(reference)
    if not brief_offers.awaits_decision:
        raise NotFound
    form = NoAwardForm()
    if form.saves(lambda: use_cases.choose_nobody(current_viewer(), reference, form.reply())):
        flashes.done(_("The brief has ended, and everyone who answered has been notified."))
        return see_other("proposals.compare", reference=reference)
    return render_template(
        "proposals/choose_nobody.html",
        brief_offers=brief_offers,
        form=form,
        letter_scores=queries.letter_scores(brief_offers, brief_offers.live),
    )


@blueprint.route("/briefs/<reference>/proposals/<int:proposal_id>/rule-out", methods=["GET", "POST"])
@access.company_owner
def rule_out(reference: str, proposal_id: int) -> ViewResponse:
    """Rule out an offer that does not meet a must-have."""
    brief_offers, offer = queries.offer_for(current_viewer(), reference, proposal_id)
    if (
        brief_offers.phase is not Phase.EVALUATING
        or not offer.is_live
        or not brief_offers.requirements.must_have
    ):
        raise NotFound
    form = RuleOutForm(brief_offers.requirements.must_have)
    if form.saves(
        lambda: use_cases.rule_out(
            current_viewer(), reference, proposal_id, form.demand.data or "", form.text.data or ""
        )
    ):
        flashes.done(_("%(name)s is ruled out and has been told the reason.", name=offer.name))
        return see_other("proposals.compare", reference=reference)
    return render_template("proposals/rule_out.html", brief_offers=brief_offers, offer=offer, form=form)


@blueprint.route("/briefs/<reference>/award/take-back", methods=["GET", "POST"])
@access.company_owner
def reopen(reference: str) -> ViewResponse:
    """Undo the award."""
    brief_offers = _decidable_offers(reference)
    if (
        brief_offers.award is None
        or brief_offers.phase is not Phase.AWARDED
        or not can_reopen(brief_offers.award.awarded_at, clock.now())
    ):
        raise NotFound
    form = ReasonForm()
    if form.saves(lambda: use_cases.reopen(current_viewer(), reference, form.reason.data or "")):
        flashes.done(_("Your choice has been undone. You can choose again."))
        return see_other("proposals.compare", reference=reference)
    return render_template("proposals/reopen.html", brief_offers=brief_offers, form=form)
