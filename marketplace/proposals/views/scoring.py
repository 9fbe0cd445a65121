"""Company pages for scoring the offers: alone, then together."""

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from marketplace.briefs.lifecycle import Phase
from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import format_time
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.optimistic_lock import fingerprint
from marketplace.proposals import queries, use_cases
from marketplace.proposals.evaluation import CRITERIA
from marketplace.proposals.forms.scores import CRITERION_LABELS, SCORE_MEANINGS, ScoresForm, scores_form
from marketplace.proposals.offer_display import OfferDisplay
from marketplace.proposals.queries import BriefOffers, Scoring, ScoringStep
from marketplace.proposals.use_cases.scoring import score_values
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int] | tuple[Response, int]
_SAVED = _l("The scores have been saved. Only people in your company can see them until you choose.")
SCORABLE_PHASES = {Phase.EVALUATING, Phase.LAPSED}


def _scorable_offers(reference: str) -> BriefOffers:
    """Return the opened offers of a brief that awaits the company's decision. Raises NotFound."""
    brief_offers = queries.offers_for(current_viewer(), reference)
    if not brief_offers.live or brief_offers.phase not in SCORABLE_PHASES:
        raise NotFound
    return brief_offers


@blueprint.route("/briefs/<reference>/proposals/scores", methods=["GET", "POST"])
@access.company
def scores(reference: str) -> Answer:
    """Give scores for all offers: the viewer's own, or the company's."""
    viewer, brief_offers = current_viewer(), _scorable_offers(reference)
    scoring, live = queries.scoring_for(viewer, brief_offers), brief_offers.live
    form = scores_form(live, scoring.scores, scoring.step)
    form.fingerprint = form.expected_fingerprint() or _fingerprint(brief_offers, scoring)
    if not form.is_submitted():
        form.fingerprint = _fingerprint(brief_offers, scoring)
        return _page(brief_offers, scoring, form)
    is_valid = form.validate()
    if form.step.data and form.step.data != scoring.step:
        return _conflict(brief_offers, scoring, form, _moved_on(scoring))
    if not is_valid:
        return _refused(brief_offers, scoring, form, form.all_errors()[0][1], 422)
    save = use_cases.save_own_scores if scoring.step is ScoringStep.OWN else use_cases.save_scores
    try:
        save(viewer, reference, form.scores(live), form.expected_fingerprint())
    except Conflict as error:
        return _conflict(brief_offers, scoring, form, error.message)
    form.fingerprint = fingerprint(score_values(form.scores(live), [offer.id for offer in live]))
    if request.headers.get("X-Autosave") == "1":
        message = _("Saved at %(time)s", time=format_time(clock.now()))
        return jsonify(saved=message, ok=True, seen=form.fingerprint)
    return _saved(brief_offers, queries.scoring_for(viewer, brief_offers), form)


def _saved(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm) -> Answer:
    """Finish the viewer's own scores if requested and complete, and say what happened."""
    reference = brief_offers.brief.reference
    if scoring.step is not ScoringStep.OWN:
        flashes.done(str(_SAVED))
        return see_other("proposals.compare", reference=reference, _anchor="scores")
    if request.form.get("act") != "finish":
        flashes.done(_("Saved. Only you can see your scores so far."))
        return see_other("proposals.scores", reference=reference)
    weights = brief_offers.requirements.weights
    if not form.require_scores(brief_offers.live, [code for code in CRITERIA if weights.get(code)]):
        return _page(brief_offers, scoring, form, 422)
    if use_cases.finish_own_scores(current_viewer(), reference):
        flashes.done(_("Everyone who began is finished. Agree on the scores that count."))
    else:
        flashes.done(_("You have finished your scores."))
    return see_other("proposals.scores", reference=reference)


def _moved_on(scoring: Scoring) -> str:
    """Return why a form for an earlier step cannot be saved."""
    if scoring.step is ScoringStep.AGREED:
        return _(
            "The company has gone on to agree on the scores. Your text is still here, but it is not saved."
        )
    if scoring.step is ScoringStep.WAITING:
        return _("You have finished your scores. Choose “Change my scores” to change them.")
    return _("A colleague has begun to give scores. Give your own first. Your text is still here.")


def _conflict(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm, message: str) -> Answer:
    """Show the input again beside what is saved. Saving again replaces what is saved."""
    form.show_conflict(scores_form(brief_offers.live, scoring.scores, scoring.step, is_saved=True), message)
    form.fingerprint = _fingerprint(brief_offers, scoring)
    form.step.data = scoring.step.value
    return _refused(brief_offers, scoring, form, message, 409)


def _refused(
    brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm, message: str, status: int
) -> Answer:
    if request.headers.get("X-Autosave") == "1":
        return jsonify(saved=message, ok=False, seen=""), status
    return _page(brief_offers, scoring, form, status)


def _fingerprint(brief_offers: BriefOffers, scoring: Scoring) -> str:
    return fingerprint(score_values(scoring.scores, [offer.id for offer in brief_offers.live]))


def _page(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm, status: int = 200) -> Answer:
    owned = brief_offers.requirements.ownership_labels
    html = render_template(
        "proposals/scores.html",
        brief_offers=brief_offers,
        scoring=scoring,
        form=form,
        criteria=[
            (code, str(CRITERION_LABELS[code]), brief_offers.requirements.weights.get(code, 0))
            for code in CRITERIA
        ],
        meanings=SCORE_MEANINGS,
        displays={
            (offer.id, code): OfferDisplay.for_criterion(offer.content, owned, code)
            for offer in brief_offers.live
            for code in CRITERIA
        },
    )
    return html, status


@blueprint.post("/briefs/<reference>/proposals/scores/reopen")
@access.company
def reopen_scores(reference: str) -> Response:
    """Let the viewer change its finished scores."""
    try:
        use_cases.reopen_own_scores(current_viewer(), reference)
    except Conflict as error:
        flashes.warn(error.message)
    return see_other("proposals.scores", reference=reference)


@blueprint.post("/briefs/<reference>/proposals/scores/close")
@access.company
def close_scores(reference: str) -> Response:
    """Close the round of own scores, so that the company agrees on the scores that count."""
    try:
        is_shared = use_cases.close_scoring(current_viewer(), reference)
    except Conflict as error:
        flashes.warn(error.message)
        return see_other("proposals.scores", reference=reference)
    if is_shared:
        flashes.done(_("The round is closed. Agree on the scores that count."))
        return see_other("proposals.scores", reference=reference)
    flashes.done(str(_SAVED))
    return see_other("proposals.compare", reference=reference, _anchor="scores")
