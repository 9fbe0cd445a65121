"""Read access to briefs, reviews and clarification questions."""

from marketplace.briefs.queries.briefs import (
    BriefView,
    actor_of,
    approved_categories,
    brief_for,
    brief_view_for,
    current_answers,
    current_version,
    display_title,
    draft_answers,
    is_open,
    latest_answers,
    own_brief,
    phase_of,
    view_of,
    visible_to,
)
from marketplace.briefs.queries.calendar import deadline_calendar
from marketplace.briefs.queries.changes import Amendment, PendingAmendment, amendments, pending_amendment
from marketplace.briefs.queries.clarification import (
    QuestionView,
    count_unanswered,
    questions_on,
    unanswered_question,
)
from marketplace.briefs.queries.draft_check import DraftCheck, draft_check
from marketplace.briefs.queries.files import brief_file, files_of_brief
from marketplace.briefs.queries.lists import briefs_of_company, briefs_of_garden, deleted_drafts, own_briefs
from marketplace.briefs.queries.network import NetworkBrief, network_briefs
from marketplace.briefs.queries.plan import (
    ActionSource,
    action_source,
    briefs_of_actions,
    draft_of_action,
    objective_of,
    quality_history,
)
from marketplace.briefs.queries.reviews import (
    PublicationWait,
    last_review,
    last_saved_by,
    open_review,
    publication_wait,
    required_review,
    was_refused,
)

__all__ = [
    "ActionSource",
    "Amendment",
    "BriefView",
    "DraftCheck",
    "NetworkBrief",
    "PendingAmendment",
    "PublicationWait",
    "QuestionView",
    "action_source",
    "actor_of",
    "amendments",
    "approved_categories",
    "brief_file",
    "brief_for",
    "brief_view_for",
    "briefs_of_actions",
    "briefs_of_company",
    "briefs_of_garden",
    "count_unanswered",
    "current_answers",
    "current_version",
    "deadline_calendar",
    "deleted_drafts",
    "display_title",
    "draft_answers",
    "draft_check",
    "draft_of_action",
    "files_of_brief",
    "is_open",
    "last_review",
    "last_saved_by",
    "latest_answers",
    "network_briefs",
    "objective_of",
    "open_review",
    "own_brief",
    "own_briefs",
    "pending_amendment",
    "phase_of",
    "publication_wait",
    "quality_history",
    "questions_on",
    "required_review",
    "unanswered_question",
    "view_of",
    "visible_to",
    "was_refused",
]
