"""Company pages after the deadline: comparison, a single offer, and extension without offers."""

from flask import render_template, request
from werkzeug.wrappers import Response

from marketplace.briefs.lifecycle import BriefState, Phase
from marketplace.briefs.queries import opening_time
from marketplace.core.errors import Conflict, NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries, use_cases
from marketplace.proposals.comparison import MAX_COLUMNS, compare
from marketplace.proposals.decision_reasons import reason_label
from marketplace.proposals.forms.award import ExtendWithoutOffersForm
from marketplace.proposals.forms.scores import CRITERION_LABELS
from marketplace.proposals.offer_display import OfferDisplay
from marketplace.proposals.price_comparison import LONG_MONTHS, SHORT_MONTHS
from marketplace.proposals.queries import BriefOffers, Offer
from marketplace.proposals.score_criteria import CRITERIA, MAX_SCORE
from marketplace.proposals.use_cases.extension_without_offers import (
    can_extend_without_offers,
    extension_range,
)
from marketplace.proposals.views import blueprint
from marketplace.vetting.queries import stated_interests
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer


@blueprint.get("/briefs/<reference>/proposals", endpoint="compare")
@access.members
def compare_offers(reference: str) -> ViewResponse:
    """Compare the offers side by side after the deadline. The garden sees only their number."""
    viewer = current_viewer()
    if viewer.is_garden:
        brief, count = queries.count_for_garden(viewer, reference)
        return render_template(
            "proposals/offer_count.html",
            brief=brief,
            count=count,
            opens=opening_time(brief),
            is_withdrawn=brief.state == BriefState.WITHDRAWN,
        )
    brief_offers = queries.offers_for(viewer, reference)
    if brief_offers.is_sealed:
        return render_template(
            "proposals/sealed.html", brief_offers=brief_offers, opens=opening_time(brief_offers.brief)
        )
    if not brief_offers.offers:
        return _none(brief_offers, ExtendWithoutOffersForm())
    shown = _shown(brief_offers)
    can_decide = brief_offers.awaits_decision
    return render_template(
        "proposals/compare.html",
        interests=stated_interests(),
        brief_offers=brief_offers,
        comparison=compare(shown, brief_offers.requirements, brief_offers.priced),
        shown=shown,
        criteria=[
            (code, str(CRITERION_LABELS[code]), brief_offers.requirements.weights.get(code, 0))
            for code in CRITERIA
        ],
        can_decide=can_decide,
        scoring=queries.scoring_for(viewer, brief_offers) if can_decide and brief_offers.live else None,
        most=MAX_COLUMNS,
        short_months=SHORT_MONTHS,
        long_months=LONG_MONTHS,
        max_score=MAX_SCORE,
    )


@blueprint.get("/briefs/<reference>/proposals/<int:proposal_id>/files/<int:file_id>")
@access.company
def offer_file(reference: str, proposal_id: int, file_id: int) -> Response:
    """Download a file of an opened offer."""
    file, data = queries.offer_file(current_viewer(), reference, proposal_id, file_id)
    return file_response(file.name, file.media_type, data)


def _shown(brief_offers: BriefOffers) -> list[Offer]:
    """Return the requested offers, or else those that can be chosen, at most four."""
    asked = set(request.args.getlist("offer", type=int))
    chosen = [offer for offer in brief_offers.offers if offer.id in asked]
    return (chosen or brief_offers.live or list(brief_offers.offers))[:MAX_COLUMNS]


def _none(brief_offers: BriefOffers, form: ExtendWithoutOffersForm) -> ViewResponse:
    can_extend = can_extend_without_offers(brief_offers.brief)
    return render_template(
        "proposals/no_offers.html",
        brief_offers=brief_offers,
        form=form,
        can_extend=can_extend and current_viewer().is_owner,
        extension=extension_range(brief_offers.brief) if can_extend else None,
        waits=brief_offers.phase is Phase.EVALUATING,
    )


@blueprint.post("/briefs/<reference>/proposals/open")
@access.company_owner
def open_early(reference: str) -> ViewResponse:
    """Open the offers before the deadline if every invited supplier has answered."""
    with flashes.catch_refusal(RuleBroken, Conflict):
        opened = use_cases.open_early(current_viewer(), reference)
        if opened:
            flashes.done(_("The offers have been opened."))
        else:
            flashes.note(
                _(
                    "Not yet. Offers stay sealed until everyone who was invited has answered, or until the deadline."
                )
            )
    return see_other("proposals.compare", reference=reference)


@blueprint.post("/briefs/<reference>/proposals/extend")
@access.company_owner
def extend(reference: str) -> ViewResponse:
    """Extend the deadline if no offers were received."""
    viewer, form = current_viewer(), ExtendWithoutOffersForm()
    if form.validate_on_submit():
        with form.catch_refusal("day"):
            use_cases.extend_without_offers(viewer, reference, form.day.data)
            flashes.done(_("The deadline has been extended, and the suppliers will be notified."))
            return see_other("proposals.compare", reference=reference)
    brief_offers = queries.offers_for(viewer, reference)
    if brief_offers.is_sealed or brief_offers.offers:
        raise NotFound
    return _none(brief_offers, form)


@blueprint.get("/briefs/<reference>/proposals/<int:proposal_id>")
@access.company
def offer(reference: str, proposal_id: int) -> ViewResponse:
    """Show one offer in full."""
    brief_offers, one = queries.offer_for(current_viewer(), reference, proposal_id)
    return render_template(
        "proposals/offer.html",
        brief_offers=brief_offers,
        offer=one,
        display=OfferDisplay(one.content, brief_offers.requirements.ownership_labels),
        can_decide=brief_offers.phase is Phase.EVALUATING,
        reason=reason_label(one.outcome_code),
    )
