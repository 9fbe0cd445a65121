"""Use cases of briefs. Each runs in one transaction, the caller's if there is one, with its audit event and notices."""

from marketplace.briefs.use_cases.amendment import amend, discard_amendment
from marketplace.briefs.use_cases.clarification import answer_question, ask_question, reject_question
from marketplace.briefs.use_cases.drafts import (
    begin_from_action,
    copy_brief,
    create_draft,
    create_first_draft,
    delete_draft,
    fingerprints,
    make_requirement_optional,
    restore_draft,
    save_amendment,
    save_topic,
)
from marketplace.briefs.use_cases.erasure import erase_deleted_drafts
from marketplace.briefs.use_cases.files import add_file, remove_file
from marketplace.briefs.use_cases.first_publication import (
    answer_first_publication,
    due_first_publications,
    open_due_brief,
    pause_first_publication,
)
from marketplace.briefs.use_cases.publication import extend_deadline, publish, withdraw
from marketplace.briefs.use_cases.reminders import remind_about_questions, remind_about_reviews
from marketplace.briefs.use_cases.reviews import answer_review, ask_for_review, cancel_review
