"""Making a brief from an action of the plan, and the panels that show briefs on the pages of the plan."""

from collections.abc import Mapping, Sequence

from flask import render_template, request

from marketplace.briefs import guide, queries, use_cases
from marketplace.briefs.from_action import Part
from marketplace.briefs.views.base import blueprint
from marketplace.core.hooks import Panel
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

MAX_SHOWN = 10
CURVE_WIDTH = 300
"""Width of the curve in its own coordinates; its height is 100."""


@blueprint.route("/plan/actions/<int:action_id>/brief", methods=["GET", "POST"])
@access.company
def from_action(action_id: int) -> ViewResponse:
    """List the parts of the plan for a new brief, and create it as a draft from the chosen ones."""
    viewer = current_viewer()
    source = queries.action_source(viewer, action_id)
    begun = queries.draft_of_action(viewer, action_id)
    if begun is not None:
        flashes.note(_("You have started a brief from this action. Continue with it here."))
        return see_other("briefs.resume", reference=begun.reference)
    chosen = {part.code for part in source.parts if part.is_chosen}
    if request.method == "POST" and source.is_ready:
        chosen = set(request.form.getlist("part"))
        with flashes.catch_refusal():
            brief = use_cases.begin_from_action(viewer, action_id, chosen)
            flashes.done(_("The brief now contains what you chose. Read it through, one topic at a time."))
            return see_other("briefs.resume", reference=brief.reference)
    if not source.is_ready:
        flashes.warn(_("Choose a supplier and a service for the action first."))
        return see_other("strategy.edit_action", action_id=action_id)
    return render_template(
        "briefs/from_action.html",
        source=source,
        groups=_groups([part for part in source.parts if not part.is_private]),
        private=_groups([part for part in source.parts if part.is_private]),
        chosen=chosen,
        briefs=queries.briefs_of_actions(viewer, [action_id]).get(action_id, []),
    )


def _groups(parts: Sequence[Part]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the short name of each question with the code and the text of its parts."""
    questions = guide.load()
    groups: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        question = questions.question(part.question)
        groups.setdefault(question.short, []).append((part.code, guide.value_text(question, part.value)))
    return list(groups.items())


def action_panels(viewer: Viewer, action_ids: Sequence[int]) -> Mapping[int, Panel]:
    """Build the panels with the briefs made from actions, and a link for making another."""
    briefs = queries.briefs_of_actions(viewer, action_ids)
    return {
        number: Panel("briefs/_action_briefs.html", {"briefs": briefs.get(number, [])})
        for number in action_ids
    }


def quality_panel(viewer: Viewer) -> Panel | None:
    """Build the panel that compares the quality of the first brief with that of later ones, or None before the first."""
    history = queries.quality_history(viewer)
    if not history:
        return None
    return Panel(
        "briefs/_quality_panel.html",
        {
            "first": history[0],
            "last": history[-1],
            "count": len(history),
            "shown": history[-MAX_SHOWN:],
            "curve": _curve([one.quality for one in history]),
        },
    )


def _curve(scores: Sequence[int]) -> list[tuple[float, int]]:
    """Return the points of a curve from left to right in a drawing of CURVE_WIDTH by 100; none for a single score."""
    steps = len(scores) - 1
    return (
        [(round(index * CURVE_WIDTH / steps, 1), 100 - score) for index, score in enumerate(scores)]
        if steps
        else []
    )
