"""Pages of a strategy's actions."""

from typing import Any

from flask import render_template, request

from marketplace.core import clock
from marketplace.core.details import details_of
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import own_company
from marketplace.strategy.completeness import MIN_ACTIONS
from marketplace.strategy.examples import trade_examples
from marketplace.strategy.forms.actions import ActionForm
from marketplace.strategy.hooks import build_action_panels
from marketplace.strategy.limits import MAX_ACTIONS
from marketplace.strategy.prioritizing import (
    EFFECT_LABELS,
    EFFORT_LABELS,
    PERFORMER_LABELS,
    STATE_LABELS,
    ActionState,
    Performer,
)
from marketplace.strategy.queries import actions as queries
from marketplace.strategy.queries.plan import own_plan
from marketplace.strategy.queries.sharing import section_comments
from marketplace.strategy.strategy_template import channel_label, strategy_template
from marketplace.strategy.use_cases import actions as use_cases
from marketplace.strategy.views.base import blueprint
from marketplace.strategy.views.sections import section_steps
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add, edit
from marketplace.web.query_args import query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

EXAMPLES: tuple[dict[str, Any], ...] = (
    {"what": _l("Fill in our profile on Google and in maps"), "performer": Performer.SELF, "effect": 3, "effort": 1},
    {"what": _l("Measure how many enquiries we get in a month"), "performer": Performer.SELF, "effect": 2, "effort": 1},
    {
        "what": _l("Take new photos of what we sell"),
        "performer": Performer.SUPPLIER,
        "service_code": "med.photo",
        "effect": 2,
        "effort": 1,
    },
    {
        "what": _l("Let customers book or order on our own page"),
        "performer": Performer.SUPPLIER,
        "service_code": "ecm.booking",
        "effect": 3,
        "effort": 2,
    },
    {"what": _l("Send a newsletter to our customers once a month"), "performer": Performer.COLLEAGUE, "effect": 2, "effort": 2},
)  # fmt: skip
"""Typical actions; a new action can begin with one of them."""


@blueprint.get("/plan/actions")
@access.company
def actions() -> ViewResponse:
    """List the company's actions, with the three to do first."""
    viewer = current_viewer()
    listed = queries.own_actions(viewer)
    plan = own_plan(viewer)
    return render_template(
        "strategy/actions.html",
        actions=listed,
        panels=build_action_panels(viewer, [*listed.open_ids, *(action.id for action in listed.closed)]),
        examples=[
            (index, one) for index, one in enumerate(EXAMPLES) if one["what"] not in listed.names.values()
        ],
        has_few=len(listed.names) < MIN_ACTIONS,
        section=strategy_template().section("actions"),
        section_comments=section_comments(plan.strategy, "actions"),
        states=ActionState,
        state_labels=STATE_LABELS,
        performer_labels=PERFORMER_LABELS,
        effect_labels=EFFECT_LABELS,
        effort_labels=EFFORT_LABELS,
        channel_label=channel_label,
        too_many=len(listed.open_ids) > MAX_ACTIONS,
        most=MAX_ACTIONS,
        today=clock.today(),
        steps=section_steps(plan),
    )


@blueprint.route("/plan/actions/new", methods=["GET", "POST"])
@access.company
def new_action() -> ViewResponse:
    """Add an action, empty or from an example."""
    viewer = current_viewer()
    example = query_arg("example", 2)
    chosen = EXAMPLES[int(example)] if example.isdecimal() and int(example) < len(EXAMPLES) else {}
    values = {"performer": "", "effect": 2, "effort": 2, "objective_id": query_arg("objective", 9)} | chosen
    form = ActionForm(
        queries.objective_names(viewer),
        queries.other_action_names(viewer),
        _common_services(viewer),
        data=values | {"what": str(values.get("what", ""))},
    )
    if add(form, lambda form: use_cases.add_action(viewer, form.details())):
        flashes.done(_("The action is added."))
        return see_other("strategy.actions")
    return render_template("strategy/action.html", form=form, title=_("New action"), action=None)


@blueprint.route("/plan/actions/<int:action_id>", methods=["GET", "POST"])
@access.company
def edit_action(action_id: int) -> ViewResponse:
    """Change an action."""
    viewer = current_viewer()
    action = queries.own_action(viewer, action_id)
    objectives, others = queries.objective_names(viewer), queries.other_action_names(viewer, action_id)
    services = _common_services(viewer)
    form = edit(
        lambda **values: ActionForm(objectives, others, services, **values),
        lambda: details_of(use_cases.ActionDetails, queries.own_action(viewer, action_id)),
        lambda form: use_cases.save_action(viewer, action_id, form.details(), form.expected_fingerprint()),
    )
    if form.is_saved:
        flashes.done(_("The action is saved."))
        return see_other("strategy.actions", _anchor=f"action-{action_id}")
    return render_template("strategy/action.html", form=form, title=_("Change the action"), action=action)


@blueprint.post("/plan/actions/<int:action_id>/state")
@access.company
def set_action_state(action_id: int) -> ViewResponse:
    """Start, finish, drop or reopen an action."""
    state = request.form.get("state", "")[:10]
    with flashes.catch_refusal():
        action = use_cases.set_action_state(current_viewer(), action_id, state)
        flashes.done(f"{action.what}: {STATE_LABELS[ActionState(action.state)]}")
    return see_other("strategy.actions", _anchor=f"action-{action_id}")


@blueprint.post("/plan/actions/<int:action_id>/remove")
@access.company
def remove_action(action_id: int) -> ViewResponse:
    """Remove an action. It can be restored from the list."""
    action = use_cases.remove_action(current_viewer(), action_id)
    flashes.done(_("“%(what)s” is removed. You can restore it at the bottom of the page.", what=action.what))
    return see_other("strategy.actions", _anchor="removed")


@blueprint.post("/plan/actions/<int:action_id>/restore")
@access.company
def restore_action(action_id: int) -> ViewResponse:
    """Restore a removed action."""
    action = use_cases.restore_action(current_viewer(), action_id)
    flashes.done(_("“%(what)s” is restored.", what=action.what))
    return see_other("strategy.actions", _anchor=f"action-{action_id}")


def _common_services(viewer: Viewer) -> tuple[str, ...]:
    """Return the services that companies in the viewer's trade often order."""
    return trade_examples(own_company(viewer).sector_code).services
