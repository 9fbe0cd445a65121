"""Company pages for scoring the offers: alone, then together."""

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from marketplace.core import clock
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import format_saved, gettext as _, lazy_gettext as _l
from marketplace.core.optimistic_lock import fingerprint
from marketplace.proposals import queries, use_cases
from marketplace.proposals.forms.scores import CRITERION_LABELS, SCORE_MEANINGS, ScoresForm, scores_form
from marketplace.proposals.limits import MAX_SCORERS
from marketplace.proposals.offer_display import OfferDisplay
from marketplace.proposals.queries import BriefOffers, Scoring, ScoringStep
from marketplace.proposals.score_criteria import CRITERIA, MAX_SCORE
from marketplace.proposals.use_cases.scoring import score_values
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.request import is_autosave
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

_SAVED = _l("The scores have been saved. Only people in your company can see them until you choose.")
CONFLICT = 409


def _scorable_offers(reference: str) -> BriefOffers:
    """Return the opened offers of a brief that awaits the company's decision.

    Raises NotFound, and Conflict for a form that comes after the decision, so that its text is shown again.
    """
    brief_offers = queries.offers_for(current_viewer(), reference)
    if brief_offers.live and brief_offers.awaits_decision:
        return brief_offers
    if brief_offers.offers and request.method == "POST":
        raise Conflict(_("You can score offers after the deadline, until you have chosen."))
    raise NotFound


@blueprint.route("/briefs/<reference>/proposals/scores", methods=["GET", "POST"])
@access.company
def scores(reference: str) -> ViewResponse:
    """Give scores for all offers: the viewer's own, or the company's."""
    viewer, brief_offers = current_viewer(), _scorable_offers(reference)
    scoring = queries.scoring_for(viewer, brief_offers)
    form = scores_form(brief_offers.live, scoring.scores, scoring.step)
    if form.is_submitted():
        return _save(brief_offers, scoring, form)
    form.fingerprint = _fingerprint(brief_offers, scoring)
    return _page(brief_offers, scoring, form)


def _save(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm) -> ViewResponse:
    """Save the fields without errors. The others keep their text and errors on the page."""
    viewer, reference = current_viewer(), brief_offers.brief.reference
    is_valid = form.validate()
    form.fingerprint = form.expected_fingerprint() or _fingerprint(brief_offers, scoring)
    if form.csrf_token.errors:
        return _refused(brief_offers, scoring, form, form.all_errors()[0][1], 422)
    if form.step.data and form.step.data != scoring.step:
        return _conflict(brief_offers, scoring, form, _moved_on(scoring))
    given = form.scores(brief_offers.live, scoring.scores)
    save = use_cases.save_own_scores if scoring.step is ScoringStep.OWN else use_cases.save_scores
    try:
        save(viewer, reference, given, form.expected_fingerprint())
    except Conflict as error:
        return _conflict(brief_offers, scoring, form, error.message)
    form.fingerprint = fingerprint(score_values(given, given))
    if not is_valid:
        message = _("Not everything has been saved yet. %(fault)s", fault=form.all_errors()[0][1])
        return _refused(brief_offers, scoring, form, message, 422)
    if is_autosave():
        message = format_saved(clock.now())
        return jsonify(saved=message, ok=True, seen=form.fingerprint)
    return _saved(brief_offers, queries.scoring_for(viewer, brief_offers), form)


def _saved(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm) -> ViewResponse:
    """Finish the viewer's individual scores if requested and complete, and flash the outcome."""
    reference = brief_offers.brief.reference
    if scoring.step is not ScoringStep.OWN:
        flashes.done(str(_SAVED))
        return see_other("proposals.compare", reference=reference, _anchor="scores")
    if request.form.get("act") != "finish":
        flashes.done(_("Saved. Only you can see your scores so far."))
        return see_other("proposals.scores", reference=reference)
    weights = brief_offers.requirements.weights
    if not form.require_scores(brief_offers.live, [code for code in CRITERIA if weights.get(code)]):
        return _page(brief_offers, scoring, form)
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
    return _("A colleague has started scoring. Give your own scores first. Your text is still here.")


def _conflict(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm, message: str) -> ViewResponse:
    """Show the input again beside what is saved. Saving again replaces what is saved."""
    form.show_conflict(scores_form(brief_offers.live, scoring.scores, scoring.step, is_saved=True), message)
    form.fingerprint = _fingerprint(brief_offers, scoring)
    form.step.data = scoring.step.value
    return _refused(brief_offers, scoring, form, message, CONFLICT)


def _refused(
    brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm, message: str, status: int
) -> ViewResponse:
    if is_autosave():
        return jsonify(saved=message, ok=False, seen=form.fingerprint if status != CONFLICT else ""), status
    return _page(brief_offers, scoring, form)


def _fingerprint(brief_offers: BriefOffers, scoring: Scoring) -> str:
    return fingerprint(score_values(scoring.scores, [offer.id for offer in brief_offers.live]))


def _page(brief_offers: BriefOffers, scoring: Scoring, form: ScoresForm) -> str:
    owned = brief_offers.requirements.ownership_labels
    return render_template(
        "proposals/scores.html",
        brief_offers=brief_offers,
        scoring=scoring,
        form=form,
        criteria=[
            (code, str(CRITERION_LABELS[code]), brief_offers.requirements.weights.get(code, 0))
            for code in CRITERIA
        ],
        meanings=SCORE_MEANINGS,
        max_score=MAX_SCORE,
        max_scorers=MAX_SCORERS,
        displays={
            (offer.id, code): OfferDisplay.for_criterion(offer.content, owned, code)
            for offer in brief_offers.live
            for code in CRITERIA
        },
    )


@blueprint.post("/briefs/<reference>/proposals/scores/reopen")
@access.company
def reopen_scores(reference: str) -> Response:
    """Let the viewer change its finished scores."""
    with flashes.catch_refusal(Conflict):
        use_cases.reopen_own_scores(current_viewer(), reference)
    return see_other("proposals.scores", reference=reference)


@blueprint.post("/briefs/<reference>/proposals/scores/reopen-round")
@access.company
def reopen_round(reference: str) -> Response:
    """Reopen the closed round of individual scores."""
    with flashes.catch_refusal(Conflict):
        use_cases.reopen_scoring(current_viewer(), reference)
        flashes.done(_("The round is open again, and the scorers have been notified."))
    return see_other("proposals.scores", reference=reference)


@blueprint.post("/briefs/<reference>/proposals/scores/close")
@access.company
def close_scores(reference: str) -> Response:
    """Close the round of individual scores, so that the company agrees on the scores that count."""
    with flashes.catch_refusal(Conflict):
        if not use_cases.close_scoring(current_viewer(), reference):
            flashes.done(str(_SAVED))
            return see_other("proposals.compare", reference=reference, _anchor="scores")
        flashes.done(_("The round is closed. Agree on the scores that count."))
    return see_other("proposals.scores", reference=reference)
