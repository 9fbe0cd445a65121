"""Which retention rule covers each text column: a scheduled job that erases it, or the reason why it is kept.

A test compares the list with the tables, so that no new text column is stored forever by mistake.
"""

ACCOUNT = "anonymized with the account: erase_own_account, erase_unused_accounts, erase_unconfirmed_accounts"
EXPIRY = "deleted after expiry: delete_expired"
CLOSED_BRIEF = "erased 24 months after closing: erase_closed_briefs"
OWN_PROFILE = "edited and deleted by the supplier itself; names in it are anonymized with the account"
DECISION = "kept as the record of a decision; names in it are anonymized with the account"
REFUSED = "erased 24 months after a refusal: erase_refused_suppliers"
FACTS = "kept: codes and settings, no text by a person"
SEALED = "unreadable once erase_closed_briefs has deleted the offer's data key"

RETENTION_RULES = {
    "appeal.reason": DECISION,
    "appeal.text": REFUSED,
    "audit_event.changes": FACTS,
    "audit_event.details": FACTS,
    "award.handover": DECISION,
    "award.reason": DECISION,
    "brief.answers": CLOSED_BRIEF,
    "brief.closed_reason": CLOSED_BRIEF,
    "brief.confirmed_topics": FACTS,
    "brief.title": "kept: names the brief in statistics and in the audit log",
    "brief_review.comment": DECISION,
    "brief_review.message": DECISION,
    "brief_review.topic_comments": DECISION,
    "brief_version.answers": CLOSED_BRIEF,
    "brief_version.title": "kept: names the brief in statistics and in the audit log",
    "broken_glass.reason": DECISION,
    "business_garden.covered_municipalities": FACTS,
    "business_garden.email": "public contact address of a business garden",
    "case_study.client": OWN_PROFILE,
    "case_study.result": OWN_PROFILE,
    "case_study.text": OWN_PROFILE,
    "case_study.title": OWN_PROFILE,
    "clarification_question.answer": CLOSED_BRIEF,
    "clarification_question.public_text": CLOSED_BRIEF,
    "clarification_question.text": CLOSED_BRIEF,
    "colleague_invitation.email": ACCOUNT,
    "evaluation.note": CLOSED_BRIEF,
    "held_change.before": "deleted when a curator has reviewed the change",
    "invitation.decline_text": DECISION,
    "notice.body": EXPIRY,
    "notice.link_label": EXPIRY,
    "notice.link_path": EXPIRY,
    "notice.subject": EXPIRY,
    "one_time_link.email": EXPIRY,
    "organisation.about": REFUSED,
    "organisation.name": "public name of an organisation",
    "organisation.slug": "public name of an organisation",
    "organisation.website": "public address of an organisation",
    "outbox_mail.body": EXPIRY,
    "outbox_mail.last_error": EXPIRY,
    "outbox_mail.link_label": EXPIRY,
    "outbox_mail.message_id": EXPIRY,
    "outbox_mail.recipient": EXPIRY,
    "outbox_mail.sealed_link": "erased when the e-mail is sent or has failed: outbox delivery",
    "outbox_mail.subject": EXPIRY,
    "outcome.text": DECISION,
    "proposal.data_key": CLOSED_BRIEF,
    "proposal.outcome_good": CLOSED_BRIEF,
    "proposal.outcome_text": CLOSED_BRIEF,
    "proposal.sealed_content": SEALED,
    "proposal.sealed_reason": SEALED,
    "proposal.sealed_submission": SEALED,
    "proposal_revision.sealed_content": SEALED,
    "ranking_run.settings": FACTS,
    "refusal.answer": DECISION,
    "refusal.checklist": DECISION,
    "refusal.reason": DECISION,
    "sealed_event.sealed_content": SEALED,
    "sign_in_session.user_agent": EXPIRY,
    "supplier.contact_email": REFUSED,
    "supplier.contact_name": REFUSED,
    "supplier_move.reason": DECISION,
    "taken_form.answer": "deleted after a day with the idempotency key: purge of processed forms",
    "user_account.email": ACCOUNT,
    "user_account.name": ACCOUNT,
    "user_account.password_hash": ACCOUNT,
    "user_account.second_factor_secret": ACCOUNT,
    "vetting.checklist": DECISION,
    "vetting.reason": DECISION,
    "vetting_decision.checklist": DECISION,
    "vetting_decision.text": DECISION,
}
"""Rule by "table.column"."""
