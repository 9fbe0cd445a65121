"""Erasing a person's data, on request or after the retention period."""

from pathlib import Path

from sqlalchemy import delete, select

from marketplace.accounts.models import KnownNetwork, OneTimeLink, RecoveryCode, SignInSession, User
from marketplace.accounts.use_cases import has_other_administrator
from marketplace.audit.use_cases import record
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief
from marketplace.briefs.use_cases.erasure import delete_in_transaction
from marketplace.casework.use_cases.notes import delete_casework_of
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.form_drafts import FormDraft
from marketplace.core.i18n import format_list, gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Membership, Organisation
from marketplace.organisations.queries import lock_organisations_of
from marketplace.organisations.use_cases import release_organisations
from marketplace.outbox.models import Notice, NoticePreference
from marketplace.outbox.use_cases import erase_mail_to
from marketplace.privacy.anonymization import anonymize_mail_files, anonymize_tables, is_distinctive_name
from marketplace.privacy.queries import blocked_organisations
from marketplace.programme.models.calendar import CalendarFeed
from marketplace.programme.use_cases.contact_data import clear_contacts_of
from marketplace.strategy.use_cases.deletion import delete_plan_of
from marketplace.suppliers.models import Supplier

ERASED_HOST = "erased.invalid"


def erasure_obstacle(user: User) -> str:
    """Return the reason why a user cannot be erased yet, or an empty string."""
    names = blocked_organisations(user.id)
    if names:
        return _(
            "You are the last person with full rights to act for %(names)s. Give a colleague those rights first. If you have no colleagues there, finish or withdraw your briefs and offers first.",
            names=format_list(names),
        )
    if user.is_admin and not has_other_administrator(user):
        return _("You are the last administrator. Add another one first.")
    return ""


def lock_user(user_id: int) -> User:
    """Lock the organisations of a user and then the user, in the order in which other transactions lock them."""
    lock_organisations_of(user_id)
    return session.get_one(User, user_id, with_for_update={"key_share": True})


def erase_own_account(viewer: Viewer, mail_folder: Path) -> None:
    """Erase the viewer's account permanently. Raises RuleBroken with the reason if it is not possible."""
    if viewer.user_id is None:
        raise Forbidden
    with transaction():
        user = lock_user(viewer.user_id)
        reason = erasure_obstacle(user)
        if reason:
            raise RuleBroken(reason)
        words, address = erase_user(viewer, user), viewer.email.lower()
    anonymize_mail_files(mail_folder, address, words)


def clear_supplier(supplier: Supplier) -> None:
    """Clear a supplier's contact person, text, case studies and logo, and close it. In the caller's transaction."""
    supplier.contact_name = supplier.contact_email = supplier.phone = supplier.about = ""
    supplier.is_active, supplier.logo, supplier.held, supplier.cases = False, None, None, []


def _clear_closed(by: Viewer | None, organisation: Organisation) -> None:
    """Clear a closed supplier, or delete strategy, drafts, notes and tasks of a closed company."""
    if isinstance(organisation, Supplier):
        clear_supplier(organisation)
        return
    delete_plan_of(by, organisation.id)
    delete_casework_of(by, organisation.id)
    unsent = select(Brief).where(
        Brief.company_id == organisation.id, Brief.state.in_((BriefState.DRAFT, BriefState.IN_REVIEW))
    )
    for brief in session.scalars(unsent):
        delete_in_transaction(by, brief)


def erase_user(by: Viewer | None, user: User) -> dict[str, str]:
    """Replace a user's personal data by an id, inside the caller's transaction; return the words to replace elsewhere.

    Organisations that only this user leads are handed over to a member, or closed.

    Rows of others still refer to the user's row, which holds no personal data and is never changed again.
    """
    for organisation in release_organisations(by, user.id):
        _clear_closed(by, organisation)
    placeholder = f"Person {user.id}"
    words = {user.email: f"person-{user.id}@{ERASED_HOST}"}
    if is_distinctive_name(user.name) and not _is_name_of_another(user):
        words[user.name] = placeholder
    erase_mail_to(user.email, placeholder)
    clear_contacts_of(user.email)
    for table in (
        SignInSession,
        KnownNetwork,
        OneTimeLink,
        RecoveryCode,
        Membership,
        Notice,
        NoticePreference,
        FormDraft,
        CalendarFeed,
    ):
        session.execute(delete(table).where(table.user_id == user.id))
    session.flush()
    anonymize_tables(words)
    user.name, user.email, user.password_hash = placeholder, words[user.email], "!"
    user.is_active = user.is_admin = False
    user.email_verified_at = user.last_signed_in_at = None
    user.second_factor_secret = user.second_factor_at = user.second_factor_step = None
    user.erased_at = clock.now()
    record(by, "account.erase", "user", user.id)
    return words


def _is_name_of_another(user: User) -> bool:
    """Return True if another user has the same name, or the name of an active organisation contains it."""
    namesakes = select(User.id).where(User.name == user.name, User.id != user.id)
    organisations = select(Organisation.id).where(
        Organisation.is_active, Organisation.name.contains(user.name, autoescape=True)
    )
    return any(session.scalar(query.limit(1)) is not None for query in (namesakes, organisations))
