"""Panel on a brief's page with similar earlier briefs and their outcome, for its company and garden."""

from marketplace.briefs.lifecycle import PHASE_LABELS
from marketplace.briefs.queries import BriefView, display_title, phase_of
from marketplace.core import taxonomy
from marketplace.core.hooks import Panel
from marketplace.core.viewer import Viewer
from marketplace.proposals import queries
from marketplace.proposals.lifecycle import GOAL_LABELS


def similar_earlier_briefs_panel(viewer: Viewer, brief_view: BriefView, _args: object) -> Panel | None:
    """Build the panel with similar earlier briefs and their outcome."""
    found = queries.similar_brief_outcomes(viewer, brief_view)
    rows = [
        {
            "brief": one.earlier.brief,
            "title": display_title(one.earlier.brief),
            "phase": phase_of(one.earlier.brief),
            "label": str(PHASE_LABELS[phase_of(one.earlier.brief)]),
            "offers": one.offers,
            "goal": str(GOAL_LABELS.get(one.goal_met, "")),
            "next_company": one.next_company,
            "services": one.earlier.services,
            "words": one.earlier.words,
        }
        for one in found
    ]
    advice = [
        {
            "text": one.text,
            "services": [taxonomy.services()[code].label for code in one.services],
            "answered_at": one.answered_at,
        }
        for one in _advice(viewer, brief_view)
    ]
    values = {"rows": rows, "advice": advice, "of_many": viewer.is_garden}
    return Panel("proposals/_similar_brief_outcomes.html", values) if rows or advice else None


def _advice(viewer: Viewer, brief_view: BriefView) -> list[queries.Advice]:
    services = [str(code) for code in brief_view.answers.get("services") or ()]
    return queries.advice_of_other_companies(viewer, brief_view.brief, services) if viewer.is_company else []
