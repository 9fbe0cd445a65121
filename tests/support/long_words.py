"""Replace the texts that users have written in a database by words too long for a phone's screen."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, inspect, select, update

from marketplace.core.database import session
from marketplace.database import triggers
from marketplace.database.metadata import METADATA
from marketplace.proposals.models.offers import Proposal

LONG_WORD = "Kystopplevelsesnettbutikkutvikling" * 4 + "slutt"
EMAIL = "reservasjonogkundeserviceansvarlig.bjorkvollenfjellgardogovernatting@nordtrondelag.example"
WEBSITE = f"https://{'bjorkvollenfjellgardogovernatting' * 2}.example/{LONG_WORD}"
FILE_NAME = f"{LONG_WORD[:110]}.pdf"
MIN_TEXT_LENGTH = 12
"""Shorter strings in answers are codes, dates and numbers."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "organisation": {"name": LONG_WORD, "website": WEBSITE, "phone": "+4799999999" * 3, "about": LONG_WORD},
    "business_garden": {"email": EMAIL},
    "user_account": {"name": LONG_WORD},
    "supplier": {"contact_name": LONG_WORD, "contact_email": EMAIL},
    "case_study": dict.fromkeys(("title", "client", "text", "result"), LONG_WORD),
    "notice": dict.fromkeys(("subject", "body"), LONG_WORD),
    "brief": {"title": LONG_WORD, "closed_reason": LONG_WORD},
    "brief_version": {"title": LONG_WORD},
    "brief_review": dict.fromkeys(("message", "comment"), LONG_WORD),
    "clarification_question": dict.fromkeys(("text", "public_text", "answer"), LONG_WORD),
    "colleague_invitation": {"email": EMAIL},
    "outside_invitation": {"email": EMAIL, "message": LONG_WORD},
    "outcome_answer": dict.fromkeys(("text", "measured", "next_company", "story"), LONG_WORD),
    "outcome_reply": {"text": LONG_WORD},
    "individual_score": {"note": LONG_WORD},
    "vetting": {"reason": LONG_WORD},
    "vetting_decision": {"text": LONG_WORD},
    "refusal": dict.fromkeys(("reason", "answer"), LONG_WORD),
    "appeal": dict.fromkeys(("text", "reason"), LONG_WORD),
    "supplier_move": {"reason": LONG_WORD},
    "proposal": dict.fromkeys(("outcome_text", "outcome_good"), LONG_WORD),
    "award": {"reason": LONG_WORD},
    "evaluation": {"note": LONG_WORD},
    "invitation": {"decline_text": LONG_WORD},
    "stored_file": {"name": FILE_NAME, "alternative_text": LONG_WORD},
    "project": {"name": LONG_WORD, "about": LONG_WORD},
    "course_session": {
        **dict.fromkeys(("title", "venue", "address", "lecturer", "cancelled_reason"), LONG_WORD),
        "lecturer_email": EMAIL,
    },
    "participation": {
        **dict.fromkeys(("company_name", "contact_name", "withdrawal_text"), LONG_WORD),
        "contact_email": EMAIL,
    },
    "company_reminder": {"own_line": LONG_WORD},
    "funding_source": {"name": LONG_WORD},
    "money_entry": {"reference": LONG_WORD},
    "report_link": {"label": LONG_WORD},
    "session_material": {"title": LONG_WORD, "url": WEBSITE},
    "session_feedback": {"comment": LONG_WORD},
    "case_note": {"text": LONG_WORD},
    "case_task": {"what": LONG_WORD},
    "objective": dict.fromkeys(("text", "indicator_name", "source", "audience"), LONG_WORD),
    "measurement": {"source": LONG_WORD},
    "strategy_action": {"what": LONG_WORD},
    "strategy_comment": {"text": LONG_WORD},
    "strategy_review": dict.fromkeys(("message", "text"), LONG_WORD),
    "tool_use": {"account_owner": LONG_WORD},
    "outbox_mail": {"recipient": EMAIL, "subject": LONG_WORD, "last_error": LONG_WORD},
}
"""Columns that are replaced where they are not empty. E-mail addresses and names of accounts are unique per row."""

JSON_COLUMNS = {
    "brief": ("answers",),
    "brief_version": ("answers",),
    "brief_review": ("topic_comments",),
    "vetting": ("checklist",),
    "vetting_decision": ("checklist",),
    "refusal": ("checklist",),
    "award": ("handover",),
    "strategy": ("content",),
    "strategy_version": ("content",),
}


def replace_texts_with_long_words() -> None:
    """Replace texts in all tables, with the triggers removed so that published texts change too."""
    connection = session.connection()
    triggers.remove(connection)
    for name, values in COLUMNS.items():
        table = METADATA.tables[name]
        for column, text in values.items():
            limit = getattr(table.c[column].type, "length", None) or len(text)
            has_text = func.length(table.c[column]) > 0
            connection.execute(update(table).where(has_text).values({column: text[:limit]}))
    _write_unique_texts(connection)
    for name, columns in JSON_COLUMNS.items():
        table = METADATA.tables[name]
        keys = list(inspect(table).primary_key)
        for row in connection.execute(select(*keys, *(table.c[column] for column in columns))).mappings():
            condition = [key == row[key.name] for key in keys]
            values = {column: lengthen(row[column]) for column in columns}
            connection.execute(update(table).where(*condition).values(values))
    for proposal in session.scalars(select(Proposal)):
        if not proposal.is_erased:
            content = proposal.submitted_content
            proposal.content = lengthen(proposal.content)
            if content is not None:
                proposal.submitted_content = lengthen(content)
    session.flush()
    triggers.install(connection)
    session.commit()


def _write_unique_texts(connection: Connection) -> None:
    users = METADATA.tables["user_account"]
    for (user_id,) in connection.execute(select(users.c.id)).all():
        connection.execute(update(users).where(users.c.id == user_id).values(email=f"n{user_id}.{EMAIL}"))
    for name in ("project_place", "cohort"):
        table = METADATA.tables[name]
        for (row_id,) in connection.execute(select(table.c.id)).all():
            limit = getattr(table.c.name.type, "length", None)
            text = f"{row_id}{LONG_WORD}"[:limit]
            connection.execute(update(table).where(table.c.id == row_id).values(name=text))


def lengthen(value: Any) -> Any:
    """Replace the sentences and longer texts inside an answer; codes, dates and numbers stay."""
    if isinstance(value, dict):
        return {key: lengthen(item) for key, item in value.items()}
    if isinstance(value, list):
        return [lengthen(item) for item in value]
    if isinstance(value, str) and len(value) >= MIN_TEXT_LENGTH and " " in value:
        return LONG_WORD
    return value
