"""Views for requesting, cancelling and answering a review of a draft."""

from flask import request

from marketplace.briefs import queries, use_cases
from marketplace.briefs.deadlines import REVIEW_WORKING_DAYS
from marketplace.briefs.forms import ReviewAnswerForm, ReviewForm
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.views.base import blueprint
from marketplace.briefs.views.document import brief_page
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.post("/briefs/<reference>/review")
@access.company
def ask_review(reference: str) -> ViewResponse:
    """Request a review of a draft from the garden."""
    form = ReviewForm()
    if not form.validate():
        raise RuleBroken(_("The message to the adviser is too long. Shorten it."))
    use_cases.ask_for_review(current_viewer(), reference, form.message.data or "")
    flashes.done(
        _(
            "The draft is with your business garden. You will get an answer within %(days)s working days.",
            days=REVIEW_WORKING_DAYS,
        )
    )
    return see_other("briefs.show", reference=reference)


@blueprint.post("/briefs/<reference>/pull-back")
@access.company
def cancel_review(reference: str) -> ViewResponse:
    """Cancel the review request before the garden has answered."""
    use_cases.cancel_review(current_viewer(), reference)
    flashes.done(_("You can edit the draft again."))
    return see_other("briefs.check", reference=reference)


@blueprint.post("/briefs/<reference>/review-answer")
@access.reads_and_writes(
    access.Level.GARDEN, because="advisers help the garden's companies, and an answer is that help"
)
def answer_review(reference: str) -> ViewResponse:
    """Submit the garden's review of a draft."""
    viewer = current_viewer()
    brief_view = queries.brief_view_for(viewer, reference)
    if brief_view.phase is not Phase.IN_REVIEW:
        raise NotFound
    form = ReviewAnswerForm(brief_view.guide.topics)
    if form.validate():
        with form.catch_refusal():
            brief = use_cases.answer_review(
                viewer,
                reference,
                str(form.verdict.data),
                form.comment.data or "",
                form.topic_comments(request.form),
            )
            flashes.done(_("Your answer has been sent to %(company)s.", company=brief.company.name))
            return see_other("pages.home")
    return brief_page(brief_view, review_answer=form)
