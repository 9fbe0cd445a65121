"""What people do with briefs. Each is one transaction, with its audit row and its notices; all compose in another."""

from marketplace.briefs.use_cases.amendment import amend, drop_change
from marketplace.briefs.use_cases.clarification import answer_question, ask_question, reject_question
from marketplace.briefs.use_cases.drafts import (
    Saved,
    copy_brief,
    create_draft,
    delete_draft,
    fingerprints,
    restore_draft,
    save_change,
    save_topic,
    turn_must_into_wish,
)
from marketplace.briefs.use_cases.erasure import erase_deleted_drafts
from marketplace.briefs.use_cases.publication import extend_deadline, publish, withdraw
from marketplace.briefs.use_cases.reminders import remind_about_questions
from marketplace.briefs.use_cases.reviews import answer_review, ask_for_review, pull_back

__all__ = [
    "Saved",
    "amend",
    "answer_question",
    "answer_review",
    "ask_for_review",
    "ask_question",
    "copy_brief",
    "create_draft",
    "delete_draft",
    "drop_change",
    "erase_deleted_drafts",
    "extend_deadline",
    "fingerprints",
    "publish",
    "pull_back",
    "reject_question",
    "remind_about_questions",
    "restore_draft",
    "save_change",
    "save_topic",
    "turn_must_into_wish",
    "withdraw",
]
