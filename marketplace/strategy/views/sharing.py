"""Pages on which a company shares its strategy, asks for a review of it, and deletes it."""

from flask import render_template

from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _
from marketplace.organisations import queries as organisations
from marketplace.strategy.forms.sharing import DeleteStrategyForm, ReviewRequestForm
from marketplace.strategy.queries import sharing as queries
from marketplace.strategy.queries.plan import Plan, strategy_of
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.use_cases import deletion, reviews, sharing
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.get("/plan/share", endpoint="sharing")
@access.company
def sharing_page() -> ViewResponse:
    """Show the gardens that can see the strategy, with buttons to share it and to stop."""
    viewer = current_viewer()
    strategy = strategy_of(viewer.organisation_id)
    followers = organisations.followers_of(organisations.own_company(viewer))
    return render_template(
        "strategy/share.html",
        strategy=strategy,
        gardens=list(dict.fromkeys(follower.garden.name for follower in followers)),
        review=queries.pending_review(strategy) if strategy else None,
    )


@blueprint.post("/plan/share")
@access.company
def start_sharing() -> ViewResponse:
    """Share the strategy with the gardens that follow the company."""
    with flashes.catch_refusal():
        if sharing.share_strategy(current_viewer()):
            flashes.done(_("Your business garden can read the strategy now."))
    return see_other("strategy.sharing")


@blueprint.post("/plan/share/stop")
@access.company
def stop_sharing() -> ViewResponse:
    """End the gardens' access to the strategy."""
    if sharing.stop_sharing(current_viewer()):
        flashes.done(_("Your business garden can no longer see the strategy."))
    return see_other("strategy.sharing")


@blueprint.route("/plan/review", methods=["GET", "POST"])
@access.company
def ask_review() -> ViewResponse:
    """Ask for a review of the newest version, and show the answers so far."""
    viewer = current_viewer()
    strategy = queries.own_strategy(viewer)
    form = ReviewRequestForm()
    if add(form, lambda form: reviews.ask_for_review(viewer, form.message.data or "")):
        flashes.done(_("Your business garden has received your question."))
        return see_other("strategy.ask_review")
    reviews_so_far = queries.reviews_of(strategy)
    return render_template(
        "strategy/ask_review.html",
        form=form,
        strategy=strategy,
        newest=queries.newest_version(strategy),
        reviews=reviews_so_far,
        waiting=queries.first_pending_review(reviews_so_far),
    )


@blueprint.route("/plan/delete", methods=["GET", "POST"])
@access.company_owner
def delete_strategy() -> ViewResponse:
    """Delete the strategy, the self-assessments and the tools of the company, after confirmation."""
    viewer, form = current_viewer(), DeleteStrategyForm()
    if add(form, lambda _form: deletion.delete_strategy(viewer)):
        flashes.done(_("The strategy has been deleted."))
        return see_other("pages.home")
    return render_template("strategy/delete.html", form=form)


def sharing_panel(plan: Plan) -> Panel | None:
    """Build the panel with unresolved comments and the latest review for the start page of the plan, or None."""
    strategy = plan.strategy
    if strategy is None:
        return None
    unresolved = queries.count_open_comments(strategy)
    sections = [
        (section, unresolved[section.code])
        for section in strategy_template().sections
        if unresolved.get(section.code)
    ]
    review = next(iter(queries.reviews_of(strategy)), None)
    is_shared = strategy.shared_at is not None
    if not (sections or review or is_shared):
        return None
    values = {"sections": sections, "review": review, "is_shared": is_shared}
    return Panel("strategy/_sharing_panel.html", values)
