"""Read access to briefs, reviews and clarification questions."""

from marketplace.briefs.queries.action_briefs import (
    action_source,
    briefs_of_actions,
    draft_of_action,
    objective_of,
    quality_history,
)
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
    is_opened,
    latest_answers,
    opening_time,
    own_brief,
    phase_of,
    view_of,
    viewer_kind,
    visible_to,
    visible_to_parameter,
)
from marketplace.briefs.queries.changes import PendingAmendment, amendments, pending_amendment
from marketplace.briefs.queries.clarification import count_unanswered, questions_on, unanswered_question
from marketplace.briefs.queries.downloads import (
    brief_file,
    deadline_calendar,
    files_of_brief,
    withdrawal_calendar,
)
from marketplace.briefs.queries.draft_check import draft_check
from marketplace.briefs.queries.lists import (
    briefs_of_company,
    briefs_of_garden,
    deleted_drafts,
    invitation_steps,
    own_briefs,
)
from marketplace.briefs.queries.other_gardens import NetworkBrief, network_briefs
from marketplace.briefs.queries.reviews import (
    last_review,
    last_saved_by,
    open_review,
    publication_wait,
    required_review,
    was_refused,
)
