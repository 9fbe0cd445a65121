"""The outcome letter of a supplier, and declining an award."""

from flask import render_template

from marketplace.briefs.deadlines import LAPSE_AFTER_DAYS
from marketplace.core import clock
from marketplace.core.dates import end_of_day_after
from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext as _
from marketplace.proposals import queries, use_cases
from marketplace.proposals.award_deadlines import DECLINE_DAYS, can_decline
from marketplace.proposals.decision_reasons import reason_label
from marketplace.proposals.forms.reasons import ReasonForm
from marketplace.proposals.forms.scores import CRITERION_LABELS
from marketplace.proposals.score_criteria import CRITERIA, MAX_SCORE
from marketplace.proposals.views import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/proposals/<int:proposal_id>/letter")
@access.supplier
def letter(proposal_id: int) -> ViewResponse:
    """Show the company's answer to an offer."""
    viewer = current_viewer()
    letter = queries.letter_for(viewer, proposal_id)
    if letter.proposal.outcome_seen_at is None:
        use_cases.mark_letter_seen(viewer, proposal_id)
    award = letter.award
    declinable = bool(
        award and letter.brief.state == "awarded" and can_decline(award.awarded_at, clock.now())
    )
    return render_template(
        "proposals/outcome_letter.html",
        lapse_days=LAPSE_AFTER_DAYS,
        max_score=MAX_SCORE,
        letter=letter,
        criteria=[(code, str(CRITERION_LABELS[code])) for code in CRITERIA],
        reason=reason_label(letter.proposal.outcome_code),
        can_decline=declinable and viewer.is_owner,
        decline_until=end_of_day_after(award.awarded_at, DECLINE_DAYS) if award else None,
    )


@blueprint.route("/proposals/<int:proposal_id>/decline", methods=["GET", "POST"])
@access.supplier_owner
def decline(proposal_id: int) -> ViewResponse:
    """Decline an award."""
    viewer = current_viewer()
    letter = queries.letter_for(viewer, proposal_id)
    if not letter.is_winner or letter.brief.state != "awarded":
        raise NotFound
    form = ReasonForm()
    if form.saves(lambda: use_cases.decline_award(viewer, proposal_id, form.reason.data or "")):
        flashes.done(_("You have declined the job. The company will be notified."))
        return see_other("proposals.index")
    return render_template("proposals/decline.html", letter=letter, form=form)
