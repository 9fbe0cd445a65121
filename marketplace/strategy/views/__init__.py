"""Pages of the strategy: self-assessment, plan, objectives, actions and tools."""

from marketplace.strategy.views import (
    actions,
    assessment,
    comments,
    document_export,
    measurements,
    objectives,
    plan,
    sections,
    shared_plan,
    sharing,
    tools,
    versions,
)
from marketplace.strategy.views.base import blueprint
