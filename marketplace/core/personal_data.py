"""Personal data of a model, declared beside its columns.

`__retention__` names, by column, the job that erases a text, or the reason why it is kept. `__export__` lists, by column
that refers to a user, what that user's export contains. Tests compare both with the tables, so that no text is stored
forever and no reference to a person is left out of the export by mistake. `privacy` applies them.
"""

from dataclasses import dataclass

ACCOUNT = "anonymized with the account: erase_own_account, erase_unused_accounts"
EXPIRY = "deleted after expiry: delete_expired"
CLOSED_BRIEF = "erased 24 months after closing: erase_closed_briefs"
OWN_PROFILE = "edited and deleted by the supplier itself; names in it are anonymized with the account"
DECISION = "kept as the record of a decision; names in it are anonymized with the account"
REFUSED = "erased 24 months after a refusal: erase_refused_suppliers"
FACTS = "kept: codes and settings, no text by a person"
PARTICIPATION = "erased 24 months after the project, or 12 months after a sign-up without a seat: erase_old_participations"
PROJECT = "public text of a project"
STRATEGY = "deleted by an owner of the company, or when it is closed: delete_plan_of"
CASEWORK = "erased 24 months after it was written, or with the company: erase_old_casework"
REPORT = "published figures without names"
MANDATE = "deleted 24 months after the mandate ended: delete_old_mandates"
SEALED = "unreadable once erase_closed_briefs has deleted the offer's data key"


@dataclass(frozen=True, slots=True)
class UserReference:
    """How an export shows the rows that refer to a user: section and columns, or the reason why they are left out."""

    section: str = ""
    columns: tuple[str, ...] = ()
    reason: str = ""


def exported(section: str, *columns: str) -> UserReference:
    """Export these columns of the user's rows, in a section of their own."""
    return UserReference(section, columns)


def not_exported(reason: str) -> UserReference:
    """Leave the user's rows out of the export, for a reason."""
    return UserReference(reason=reason)
