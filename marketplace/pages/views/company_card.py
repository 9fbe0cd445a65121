"""The page of a company, for the business gardens that follow it."""

from flask import render_template

from marketplace.pages.queries.company_card import company_card
from marketplace.pages.views import blueprint
from marketplace.proposals.lifecycle import GOAL_LABELS
from marketplace.web import access
from marketplace.web.viewer import current_viewer


@blueprint.get("/companies/<int:company_id>", endpoint="company_card")
@access.garden
def show_company_card(company_id: int) -> str:
    """Show a company: next steps, people, briefs, results and facts."""
    card = company_card(current_viewer(), company_id)
    return render_template(
        "pages/company_card.html", card=card, company=card.company, goal_labels=GOAL_LABELS
    )
