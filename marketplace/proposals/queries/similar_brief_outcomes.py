"""Outcomes of similar earlier briefs: number of offers, and whether the goal was met."""

from dataclasses import dataclass

from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.queries import BriefView, is_opened
from marketplace.core.viewer import Viewer
from marketplace.proposals.queries.brief_results import LatestAnswers, count_offers_by_brief, latest_answers
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
    counts = count_offers_by_brief(opened)
    answers = latest_answers([one.brief.id for one in found if one.brief.state == BriefState.DELIVERED])
    return [
        SimilarBriefOutcome(
            one,
            counts.get(one.brief.id, 0) if one.brief.id in opened else None,
            *_visible_answers(viewer, answers.get(one.brief.id)),
        )
        for one in found
    ]


def _visible_answers(viewer: Viewer, answers: LatestAnswers | None) -> tuple[str, str]:
    """Return the goal and the advice. Gardens see the goal if the company shares individual results."""
    if answers is None:
        return "", ""
    return answers.goal_met if viewer.is_company or answers.is_shared else "", answers.next_company
