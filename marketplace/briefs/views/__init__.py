"""Views of briefs: list, guide, check, document, amendment, review and questions."""

from marketplace.briefs.views import (
    amendment,
    check,
    clarification,
    document,
    drafts,
    files,
    guide,
    help_pages,
    plan,
    publication,
    review,
)
from marketplace.briefs.views.base import blueprint
