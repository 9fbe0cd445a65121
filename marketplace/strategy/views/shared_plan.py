"""Pages on which a business garden reads, prints and reviews a strategy that a company shares with it."""

from flask import render_template, url_for

from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.hooks import CompanyPanel, CompanyStep
from marketplace.strategy.assessment_scores import STAGE_LABELS
from marketplace.strategy.forms.sharing import AnswerReviewForm
from marketplace.strategy.objective_texts import STATUS_LABELS
from marketplace.strategy.queries import document_export, sharing as queries
from marketplace.strategy.queries.assessment import strategy_and_assessment
from marketplace.strategy.queries.objectives import objectives_of
from marketplace.strategy.units import format_value
from marketplace.strategy.use_cases import reviews
from marketplace.strategy.views.assessment import level_of
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/companies/<int:company_id>/plan")
@access.garden
def shared_plan(company_id: int) -> ViewResponse:
    """Show a shared strategy to the garden, with the comments beside each section."""
    strategy = queries.shared_strategy(current_viewer(), company_id)
    version, reviews_so_far = queries.newest_version(strategy), queries.reviews_of(strategy)
    return render_template(
        "strategy/shared_plan.html",
        strategy=strategy,
        version=version,
        outline=document_export.outline_of_version(version) if version else None,
        comments=queries.comments_of(strategy),
        objectives=objectives_of(strategy),
        status_labels=STATUS_LABELS,
        format_value=format_value,
        reviews=reviews_so_far,
        waiting=queries.first_pending_review(reviews_so_far),
    )


@blueprint.route("/companies/<int:company_id>/plan/review", methods=["GET", "POST"])
@access.reads_and_writes(
    access.Level.GARDEN, because="every adviser of a garden answers the companies that ask it for a review"
)
def answer_review(company_id: int) -> ViewResponse:
    """Show the version that a company wants reviewed, and save the answer."""
    viewer = current_viewer()
    strategy = queries.shared_strategy(viewer, company_id)
    review = queries.pending_review(strategy)
    form = AnswerReviewForm()
    status = 200
    if form.validate_on_submit():
        try:
            if form.accepts(lambda: _answer(viewer, company_id, form)):
                flashes.done(_("Your answer has been sent."))
                return see_other("strategy.shared_plan", company_id=company_id)
        except Conflict as conflict:
            form.add_form_error(conflict.message)
            status = 409
    elif review is None and not form.is_submitted():
        return see_other("strategy.shared_plan", company_id=company_id)
    shown = review.version if review else document_export.exported_version(strategy)
    form.fingerprint = str(shown.number)
    page = render_template(
        "strategy/answer_review.html",
        form=form,
        strategy=strategy,
        review=review,
        newest=queries.newest_version(strategy),
        outline=document_export.outline_of_version(shown),
    )
    return page, status


def _answer(viewer: Viewer, company_id: int, form: AnswerReviewForm) -> None:
    """Save the answer about the version that the page showed."""
    shown = form.expected_fingerprint() or ""
    number = int(shown) if shown.isascii() and shown.isdigit() else 0
    reviews.answer_review(viewer, company_id, number, form.verdict.data, form.text.data or "")


def strategy_panel(viewer: Viewer, company_id: int) -> CompanyPanel | None:
    """Build the panel with the dates of a company's strategy and self-assessment, with their content if it is shared.

    Returns None until the company has started the strategy or finished a self-assessment.
    """
    del viewer
    strategy, assessment = strategy_and_assessment(company_id)
    is_shared = strategy is not None and strategy.shared_at is not None
    is_started = strategy is not None and (strategy.started_at is not None or is_shared)
    if not is_started and assessment is None:
        return None
    review = queries.pending_review(strategy) if strategy is not None and is_shared else None
    steps = (
        [
            CompanyStep(
                _("Read their strategy and answer"),
                url_for("strategy.answer_review", company_id=company_id),
                _("They have asked for a review."),
                is_urgent=True,
            )
        ]
        if review
        else []
    )
    values = {
        "strategy": strategy if is_started else None,
        "review": review,
        "assessment": assessment,
        "stage_labels": STAGE_LABELS,
        "level_of": level_of,
    }
    return CompanyPanel("strategy/_company_panel.html", values, steps)
