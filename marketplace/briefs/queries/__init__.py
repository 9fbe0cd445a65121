"""Briefs, reviews and questions as a viewer may see them."""

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
    draft_answers,
    is_open,
    own_brief,
    own_briefs,
    phase_of,
    shown_title,
    view_of,
    visible_to,
    written_answers,
)
from marketplace.briefs.queries.changes import Amendment, Pending, amendments, pending_change
from marketplace.briefs.queries.clarification import (
    ShownQuestion,
    questions_on,
    waiting_from,
    waiting_question,
)
from marketplace.briefs.queries.coaching import Checkup, checkup
from marketplace.briefs.queries.network import OpenTitle, titles_elsewhere
from marketplace.briefs.queries.reviews import last_review, last_saved_by, open_review

__all__ = [
    "Amendment",
    "BriefView",
    "Checkup",
    "OpenTitle",
    "Pending",
    "ShownQuestion",
    "actor_of",
    "amendments",
    "approved_categories",
    "brief_for",
    "brief_view_for",
    "briefs_of_company",
    "checkup",
    "current_answers",
    "current_version",
    "deleted_drafts",
    "draft_answers",
    "is_open",
    "last_review",
    "last_saved_by",
    "open_review",
    "own_brief",
    "own_briefs",
    "pending_change",
    "phase_of",
    "questions_on",
    "shown_title",
    "titles_elsewhere",
    "view_of",
    "visible_to",
    "waiting_from",
    "waiting_question",
    "written_answers",
]
