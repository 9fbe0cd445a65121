"""Tables of the strategy."""

from marketplace.strategy.models import actions, assessment, objectives, plan

__all__ = ["actions", "assessment", "objectives", "plan"]
