"""Use cases of offers: submission, opening, scoring, decision, delivery and outcome; and their scheduled jobs."""

from marketplace.proposals.use_cases.award import (
    AwardDetails,
    RejectionReply,
    award,
    choose_nobody,
    decline_award,
    reopen,
    rule_out,
)
from marketplace.proposals.use_cases.delivery import change_handover, deliver, terminate
from marketplace.proposals.use_cases.extension_without_offers import extend_without_offers
from marketplace.proposals.use_cases.lapse import lapse_overdue
from marketplace.proposals.use_cases.opening import open_due, open_early
from marketplace.proposals.use_cases.outcomes import (
    OutcomeAnswers,
    ReplyDetails,
    answer_outcome,
    reply_details,
    reply_to_outcome,
)
from marketplace.proposals.use_cases.reminders import remind_about_results, remind_about_unsent_changes
from marketplace.proposals.use_cases.scheduled_jobs import JOBS, run_jobs
from marketplace.proposals.use_cases.scoring import (
    close_scoring,
    finish_own_scores,
    reopen_own_scores,
    reopen_scoring,
    save_own_scores,
    save_scores,
)
from marketplace.proposals.use_cases.stories import name_supplier, remove_story, stop_story
from marketplace.proposals.use_cases.submission import (
    attach_file,
    mark_letter_seen,
    remove_file,
    resume,
    save,
    submit,
    why_closed,
    withdraw,
)
