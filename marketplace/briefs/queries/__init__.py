"""Read access to briefs, reviews and clarification questions."""

from marketplace.briefs.queries.briefs import (
    BriefView,
    actor_of,
    approved_categories,
    brief_for,
    brief_view_for,
    briefs_of_company,
    current_answers,
    current_version,
    deleted_drafts,
    display_title,
    draft_answers,
    is_open,
    latest_answers,
    own_brief,
    own_briefs,
    phase_of,
    view_of,
    visible_to,
)
from marketplace.briefs.queries.changes import Amendment, PendingAmendment, amendments, pending_amendment
from marketplace.briefs.queries.clarification import (
    QuestionView,
    count_unanswered,
    questions_on,
    unanswered_question,
)
from marketplace.briefs.queries.draft_check import Checkup, checkup
from marketplace.briefs.queries.network import NetworkBrief, network_briefs
from marketplace.briefs.queries.reviews import last_review, last_saved_by, open_review

__all__ = [
    "Amendment",
    "BriefView",
    "Checkup",
    "NetworkBrief",
    "PendingAmendment",
    "QuestionView",
    "actor_of",
    "amendments",
    "approved_categories",
    "brief_for",
    "brief_view_for",
    "briefs_of_company",
    "checkup",
    "count_unanswered",
    "current_answers",
    "current_version",
    "deleted_drafts",
    "display_title",
    "draft_answers",
    "is_open",
    "last_review",
    "last_saved_by",
    "latest_answers",
    "network_briefs",
    "open_review",
    "own_brief",
    "own_briefs",
    "pending_amendment",
    "phase_of",
    "questions_on",
    "unanswered_question",
    "view_of",
    "visible_to",
]
