"""Tables of the strategy."""

from marketplace.strategy.models import actions, assessment, objectives, plan
