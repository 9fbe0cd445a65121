"""Pages about briefs: the list, the guide, the check, the document, review, and questions."""

from marketplace.briefs.views import check, clarification, document, drafts, guide, publication, review
from marketplace.briefs.views.base import blueprint

__all__ = ["blueprint", "check", "clarification", "document", "drafts", "guide", "publication", "review"]
