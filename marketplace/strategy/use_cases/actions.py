"""Actions of a strategy: add, change, start, finish, drop, remove and restore."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock, taxonomy
from marketplace.core.database import session, transaction
from marketplace.core.details import write_details
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.strategy.limits import MAX_OPEN_ACTIONS
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.prioritizing import OPEN_STATES, ActionState, has_cycle
from marketplace.strategy.queries.plan import current_actions
from marketplace.strategy.use_cases.locking import strategy_for_writing
from marketplace.strategy.use_cases.rows import locked_row, record_change, remove_row
from marketplace.strategy.use_cases.versions import save_version


@dataclass(frozen=True, slots=True)
class ActionDetails:
    """An action as it is edited. Costs are whole NOK without VAT."""

    what: str
    performer: str
    objective_id: int | None = None
    service_code: str = ""
    channel: str = ""
    effect: int = 2
    effort: int = 2
    own_hours: int | None = None
    cost_low_nok: int | None = None
    cost_high_nok: int | None = None
    start_on: dt.date | None = None
    due_on: dt.date | None = None
    depends_on_id: int | None = None


def add_action(viewer: Viewer, details: ActionDetails) -> Action:
    """Add an action to the strategy of the viewer's company. Raises RuleBroken."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        actions = current_actions(strategy.id)
        if sum(action.state in OPEN_STATES for action in actions) >= MAX_OPEN_ACTIONS:
            raise RuleBroken(_("You have too many open actions. Finish, drop or remove one first."))
        _check(strategy, actions, details)
        action = Action(strategy_id=strategy.id, **asdict(details))
        session.add(action)
        session.flush()
        record_change(viewer, strategy, action, "create")
        return action


def save_action(
    viewer: Viewer, action_id: int, details: ActionDetails, expected: str | None = None
) -> Action:
    """Change an action. Raises RuleBroken, or Conflict if it has changed since the form was rendered with `expected`."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        action = locked_row(Action, strategy, action_id)
        check_object_unchanged(viewer, "action", action.id, expected, action, details)
        _check(strategy, current_actions(strategy.id), details, action_id)
        write_details(action, details)
        record_change(viewer, strategy, action, "save")
        return action


def set_action_state(viewer: Viewer, action_id: int, state: str) -> Action:
    """Set the state of an action. Raises RuleBroken if there is no such state."""
    with transaction():
        strategy = strategy_for_writing(viewer)
        action = locked_row(Action, strategy, action_id)
        if state not in set(ActionState):
            raise RuleBroken(_("Choose one from the list."))
        if action.state != state:
            action.state = state
            action.done_at = clock.now() if state == ActionState.DONE else None
            record(viewer, "action.state", "action", action.id, state=state)
            save_version(viewer, strategy)
        return action


def remove_action(viewer: Viewer, action_id: int) -> Action:
    """Remove an action. It can be restored."""
    return remove_row(viewer, Action, action_id)


def restore_action(viewer: Viewer, action_id: int) -> Action:
    """Restore a removed action. A dependency that has become a cycle meanwhile is dropped.

    An action that is not removed is left as it is.
    """
    with transaction():
        strategy = strategy_for_writing(viewer)
        action = locked_row(Action, strategy, action_id, with_removed=True)
        if action.removed_at is None:
            return action
        action.removed_at = None
        dependencies = {other.id: other.depends_on_id for other in current_actions(strategy.id)}
        if has_cycle(dependencies, action.id, action.depends_on_id):
            action.depends_on_id = None
        record_change(viewer, strategy, action, "restore")
        return action


def _check(
    strategy: Strategy, actions: Sequence[Action], details: ActionDetails, action_id: int | None = None
) -> None:
    """Refuse details that contradict each other or refer to what the company does not have. Raises RuleBroken."""
    low, high = details.cost_low_nok, details.cost_high_nok
    if low is not None and high is not None and low > high:
        raise RuleBroken(_("The highest cost must be at least as high as the lowest."), "cost_high_nok")
    if details.start_on and details.due_on and details.due_on < details.start_on:
        raise RuleBroken(_("The due date must be on or after the start date."), "due_on")
    if details.service_code and details.service_code not in taxonomy.services():
        raise RuleBroken(_("Choose one from the list."), "service_code")
    if details.objective_id is not None:
        objective = session.get(Objective, details.objective_id)
        if objective is None or objective.strategy_id != strategy.id or objective.removed_at is not None:
            raise RuleBroken(_("Choose one of your own objectives."), "objective_id")
    if details.depends_on_id is not None:
        dependencies = {action.id: action.depends_on_id for action in actions}
        if details.depends_on_id not in dependencies:
            raise RuleBroken(_("Choose one of your own actions."), "depends_on_id")
        if action_id is not None and has_cycle(dependencies, action_id, details.depends_on_id):
            raise RuleBroken(
                _("These actions would wait for each other. Choose another action, or none."),
                "depends_on_id",
            )
