"""Outcomes of similar earlier briefs: number of offers, and whether the goal was met."""

from dataclasses import dataclass

from marketplace.briefs.models import Brief
from marketplace.briefs.queries import BriefView
from marketplace.core.viewer import Viewer
from marketplace.proposals.queries.brief_results import (
    count_offers_by_brief,
    latest_goals,
    shares_individual_results,
)
from marketplace.proposals.queries.offers import is_opened
from marketplace.proposals.queries.outcomes import latest_advice
from marketplace.sourcing.queries import EarlierBrief, similar_earlier_briefs


@dataclass(frozen=True)
class SimilarBriefOutcome:
    """An earlier brief with its outcome.

    `offers` is None while they are sealed, and permanently if the brief was withdrawn before the opening. `goal_met`
    is the company's latest answer, empty if the viewer may not see it. `next_company` is its advice to the next one.
    """

    earlier: EarlierBrief
    offers: int | None
    goal_met: str
    next_company: str


def similar_brief_outcomes(viewer: Viewer, brief_view: BriefView) -> list[SimilarBriefOutcome]:
    """List the most similar earlier briefs that the viewer may read, with their outcomes.

    Companies see their own briefs, gardens those of their companies. While a brief is sealed, its offers are not
    read.
    """
    if not (viewer.is_company or viewer.is_garden):
        return []
    found = similar_earlier_briefs(viewer, brief_view)
    opened = {one.brief.id for one in found if is_opened(one.brief)}
    counts, goals = (
        count_offers_by_brief(opened),
        latest_goals({one.brief.id for one in found if _can_see_result(viewer, one.brief)}),
    )
    advice = latest_advice({one.brief.id for one in found if one.brief.state == "delivered"})
    return [
        SimilarBriefOutcome(
            one,
            counts.get(one.brief.id, 0) if one.brief.id in opened else None,
            goals.get(one.brief.id, ""),
            advice.get(one.brief.id, ""),
        )
        for one in found
    ]


def _can_see_result(viewer: Viewer, brief: Brief) -> bool:
    """Return True for the company itself, and for others if the company shares individual results."""
    own = viewer.is_company and viewer.organisation_id == brief.company_id
    return own or shares_individual_results(brief)
