"""Views of briefs: list, guide, check, document, amendment, review and questions."""

from marketplace.briefs.views import (
    action_briefs,
    amendment,
    check,
    clarification,
    document,
    drafts,
    files,
    guide,
    help_pages,
    publication,
    review,
)
from marketplace.briefs.views.base import blueprint
