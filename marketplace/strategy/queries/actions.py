"""Actions of a company's strategy, in the order to do them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.actions import Action
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.models.plan import Strategy
from marketplace.strategy.prioritizing import FIRST_ACTIONS_COUNT, OPEN_STATES, Prioritized, prioritize

MAX_REMOVED = 5
"""Removed actions that are offered to be restored."""


@dataclass(frozen=True, slots=True)
class ActionList:
    """Actions to do first and later, closed (done or dropped) and removed ones. `names` are the texts of the others by id."""

    first: Sequence[Action]
    later: Sequence[Action]
    closed: Sequence[Action]
    removed: Sequence[Action]
    names: dict[int, str]

    @property
    def open_ids(self) -> list[int]:
        """Ids of the actions that are not done, dropped or removed."""
        return [action.id for action in (*self.first, *self.later)]


def _own(viewer: Viewer) -> Select[Action]:
    if not viewer.is_company:
        raise NotFound
    strategy = select(Strategy.id).where(Strategy.company_id == viewer.organisation_id)
    return select(Action).where(Action.strategy_id.in_(strategy))


def as_prioritized(action: Action) -> Prioritized:
    """Return the values that decide the order of an action."""
    return Prioritized(action.id, action.effect, action.effort, action.due_on, action.depends_on_id)


_OF_COMPANY = prepared(
    select(Action)
    .join(Strategy, Strategy.id == Action.strategy_id)
    .where(Strategy.company_id == bindparam("company_id"))
    .options(joinedload(Action.objective))
    .order_by(Action.id)
)


def own_actions(viewer: Viewer) -> ActionList:
    """Return the actions of the viewer's company: the three to do first, the others, closed and removed ones.

    Raises NotFound for other viewers.
    """
    if not viewer.is_company:
        raise NotFound
    actions = session.scalars(_OF_COMPANY, {"company_id": viewer.organisation_id}).all()
    standing = [action for action in actions if action.removed_at is None]
    by_id = {action.id: action for action in standing if action.state in OPEN_STATES}
    ordered = [by_id[number] for number in prioritize(as_prioritized(action) for action in by_id.values())]
    removed = sorted(
        (action for action in actions if action.removed_at is not None),
        key=lambda action: str(action.removed_at),
        reverse=True,
    )
    return ActionList(
        first=ordered[:FIRST_ACTIONS_COUNT],
        later=ordered[FIRST_ACTIONS_COUNT:],
        closed=[action for action in standing if action.id not in by_id],
        removed=removed[:MAX_REMOVED],
        names={action.id: action.what for action in standing},
    )


def own_action(viewer: Viewer, action_id: int) -> Action:
    """Return an action of the viewer's company that is not removed. Raises NotFound."""
    return or_404(session.scalar(_own(viewer).where(Action.id == action_id, Action.removed_at.is_(None))))


def actions_for(viewer: Viewer, objective_id: int) -> Sequence[Action]:
    """Return the actions of the viewer's company that serve an objective, without removed ones."""
    query = _own(viewer).where(Action.objective_id == objective_id, Action.removed_at.is_(None))
    return session.scalars(query.order_by(Action.id)).all()


def objective_names(viewer: Viewer) -> list[tuple[int, str]]:
    """Return the ids and texts of the objectives of the viewer's company."""
    query = (
        select(Objective.id, Objective.text)
        .join(Strategy, Strategy.id == Objective.strategy_id)
        .where(Strategy.company_id == viewer.organisation_id, Objective.removed_at.is_(None))
        .order_by(Objective.position, Objective.id)
    )
    return [(row.id, row.text) for row in session.execute(query)]


def other_action_names(viewer: Viewer, action_id: int | None = None) -> list[tuple[int, str]]:
    """Return the ids and texts of the actions that an action may depend on."""
    query = _own(viewer).where(Action.removed_at.is_(None), Action.id != (action_id or 0)).order_by(Action.id)
    return [(action.id, action.what) for action in session.scalars(query)]
