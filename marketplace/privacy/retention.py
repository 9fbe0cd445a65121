"""Scheduled deletion of data past its retention period (see retention_periods.py). All jobs are idempotent."""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from marketplace.accounts.models import KnownNetwork, OneTimeLink, PendingRegistration, SignInSession, User
from marketplace.accounts.use_cases import has_other_administrator
from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.casework.models import CaseNote, CaseTask, CompanyReminder
from marketplace.core import clock
from marketplace.core.database import failure_logged, session, transaction
from marketplace.core.dates import cutoff_passed, local_date_after
from marketplace.core.form_drafts import DRAFT_DAYS, FormDraft
from marketplace.directory.models import UnansweredSearch
from marketplace.mandates.models import Mandate
from marketplace.organisations.models import ColleagueInvitation
from marketplace.organisations.queries import memberships_led_alone
from marketplace.outbox.messages import Recipient
from marketplace.outbox.models import Notice, OutboxMail
from marketplace.outbox.use_cases import send
from marketplace.privacy import notices, retention_periods
from marketplace.privacy.anonymization import anonymize_mail_files
from marketplace.privacy.use_cases import clear_supplier, erase_user, lock_user
from marketplace.programme.models.sessions import SessionLink
from marketplace.sourcing.models import OutsideInvitation
from marketplace.suppliers.models import Supplier
from marketplace.vetting.models import Appeal, ConflictOfInterest, Vetting
from marketplace.vetting.rules import COOLING_OFF_DAYS

CASEWORK_TABLES = (
    (CaseNote, CaseNote.written_at),
    (CaseTask, CaseTask.created_at),
    (CompanyReminder, CompanyReminder.queued_at),
)
"""Tables whose old rows are deleted, each with the time that the period counts from."""
MAX_SESSION = dt.timedelta(hours=48)
WARNED_DAYS = 30


def warn_unused_accounts() -> int:
    """E-mail a warning, once, to users who have not signed in for 22 months; return their number."""
    query = select(User).where(_is_unused(retention_periods.WARNING_MONTHS)).order_by(User.id)
    warned = 0
    for user_id in [user.id for user in session.scalars(query) if not _was_warned(user)]:
        with failure_logged(user_id), transaction():
            user = lock_user(user_id)
            if user.erased_at or _was_warned(user):
                continue
            record(None, "account.warn_unused", "user", user.id)
            led = [one.organisation for one in memberships_led_alone(user.id)]
            released = [organisation.name for organisation in led if organisation.kind != "garden"]
            send(
                notices.account_unused(_erasure_date(user), released),
                [Recipient(user.id, user.email, user.locale)],
            )
            warned += 1
    return warned


def _is_unused(months: int) -> ColumnElement[bool]:
    last = func.coalesce(User.last_signed_in_at, User.created_at)
    return and_(User.erased_at.is_(None), last < cutoff_passed(months=months))


def _erasure_date(user: User) -> dt.date:
    last = user.last_signed_in_at or user.created_at
    due = local_date_after(last, months=retention_periods.ACCOUNT_MONTHS)
    return max(due, local_date_after(clock.now(), days=WARNED_DAYS))


def _was_warned(user: User, before: dt.datetime | None = None) -> bool:
    last = user.last_signed_in_at or user.created_at
    query = select(AuditEvent.id).where(
        AuditEvent.action == "account.warn_unused", AuditEvent.object_id == str(user.id), AuditEvent.at > last
    )
    query = query.where(AuditEvent.at < before) if before else query
    return session.scalar(query.limit(1)) is not None


def erase_unused_accounts(mail_folder: Path) -> int:
    """Erase users who have not signed in for 24 months and were warned a month ago; return their number.

    Only the last administrator is kept. Organisations that an erased user led alone are handed over or closed.
    """
    query = select(User.id).where(_is_unused(retention_periods.ACCOUNT_MONTHS)).order_by(User.id)
    month_ago = cutoff_passed(days=WARNED_DAYS)

    def may_erase(user: User) -> bool:
        return _was_warned(user, month_ago) and (not user.is_admin or has_other_administrator(user))

    return _erase_users(session.scalars(query).all(), may_erase, mail_folder)


def erase_unconfirmed_accounts(mail_folder: Path) -> int:
    """Erase users who did not confirm their address within seven days; return their number.

    Only accounts from old versions can be unconfirmed: a registration now becomes an account when it is confirmed, and
    `delete_expired` deletes it otherwise.
    """
    query = (
        select(User.id)
        .where(
            User.email_verified_at.is_(None),
            User.erased_at.is_(None),
            User.is_admin.is_(False),
            User.created_at < cutoff_passed(days=retention_periods.UNCONFIRMED_DAYS),
        )
        .order_by(User.id)
    )

    def may_erase(user: User) -> bool:
        return user.email_verified_at is None

    return _erase_users(session.scalars(query).all(), may_erase, mail_folder)


def _erase_users(user_ids: Sequence[int], may_erase: Callable[[User], bool], mail_folder: Path) -> int:
    """Erase each user in a separate transaction, if `may_erase` still holds in it; return the number of users."""
    erased = 0
    for user_id in user_ids:
        with failure_logged(user_id):
            with transaction():
                user = lock_user(user_id)
                if user.erased_at or not may_erase(user):
                    continue
                address, words = user.email, erase_user(None, user)
            anonymize_mail_files(mail_folder, address, words)
            erased += 1
    return erased


def erase_refused_suppliers() -> int:
    """Erase contact person and texts of suppliers whose only applications were refused 24 months ago.

    Return their number.
    """
    with transaction():
        other_outcome = select(Vetting.supplier_id).where(
            (Vetting.state != "refused")
            | Vetting.decided_at.is_(None)
            | (Vetting.decided_at >= cutoff_passed(months=retention_periods.REFUSED_MONTHS))
        )
        refused = select(Vetting.supplier_id).where(Vetting.state == "refused")
        query = select(Supplier).where(
            Supplier.id.in_(refused),
            Supplier.id.not_in(other_outcome),
            or_(
                Supplier.contact_name != "",
                Supplier.contact_email != "",
                Supplier.about != "",
                Supplier.cases.any(),
            ),
        )
        suppliers = session.scalars(query).all()
        for supplier in suppliers:
            clear_supplier(supplier)
            own = select(Vetting.id).where(Vetting.supplier_id == supplier.id)
            session.execute(update(Appeal).where(Appeal.vetting_id.in_(own)).values(text=""))
            record(None, "supplier.erase", "organisation", supplier.id)
        return len(suppliers)


def delete_old_mandates() -> int:
    """Delete mandates that ended 24 months ago, with their confirmations. Return their number."""
    limit = cutoff_passed(months=retention_periods.MANDATE_MONTHS)
    with transaction():
        ended = Mandate.until < clock.to_local(limit).date()
        old = select(Mandate.id).where(or_(Mandate.withdrawn_at < limit, ended)).order_by(Mandate.id)
        ids = session.scalars(old).all()
        for mandate_id in ids:
            record(None, "mandate.delete", "mandate", mandate_id)
        session.execute(delete(Mandate).where(Mandate.id.in_(ids)))
        return len(ids)


def erase_old_casework() -> int:
    """Delete notes, tasks and reminders of business gardens that were written 24 months ago. Return their number."""
    limit = cutoff_passed(months=retention_periods.CASEWORK_MONTHS)
    with transaction():
        count = 0
        for table, written_at in CASEWORK_TABLES:
            count += session.connection().execute(delete(table).where(written_at < limit)).rowcount
        if count:
            record(None, "privacy.delete_old", "table", "casework", rows=count)
        return count


def delete_mail_files(folder: Path) -> int:
    """Delete e-mail that was written to files 14 days ago, and return the number of files."""
    limit, deleted = cutoff_passed(days=retention_periods.MAIL_FILE_DAYS).timestamp(), 0
    for file in folder.glob("*.eml"):
        with suppress(FileNotFoundError):  # another process may have deleted it
            if file.stat().st_mtime < limit:
                file.unlink()
                deleted += 1
    return deleted


def delete_expired() -> int:
    """Delete e-mail and read notices after 90 days, and expired drafts of forms, sessions, links and registrations.

    Return the number of rows.
    """
    now = clock.now()
    old = cutoff_passed(days=retention_periods.SENT_MAIL_DAYS)
    with transaction():
        count = 0
        for query in (
            delete(OutboxMail).where(OutboxMail.state != "waiting", OutboxMail.created_at < old),
            delete(Notice).where(Notice.read_at < old),
            delete(OutsideInvitation).where(OutsideInvitation.settled_at < old),
            delete(SignInSession).where(SignInSession.created_at < now - MAX_SESSION),
            delete(OneTimeLink).where(OneTimeLink.expires_at < now - MAX_SESSION),
            delete(KnownNetwork).where(
                KnownNetwork.last_at < cutoff_passed(days=retention_periods.KNOWN_NETWORK_DAYS)
            ),
            delete(UnansweredSearch).where(
                UnansweredSearch.week
                < clock.to_local(cutoff_passed(months=retention_periods.SEARCH_COUNT_MONTHS)).date()
            ),
            delete(SessionLink).where(SessionLink.expires_at < now),
            delete(FormDraft).where(FormDraft.updated_at < cutoff_passed(days=DRAFT_DAYS)),
            delete(PendingRegistration).where(PendingRegistration.expires_at < now),
            delete(ColleagueInvitation).where(
                ColleagueInvitation.accepted_at.is_(None),
                ColleagueInvitation.expires_at < cutoff_passed(days=retention_periods.INVITATION_DAYS),
            ),
            delete(ConflictOfInterest).where(
                ConflictOfInterest.ended_at < cutoff_passed(days=COOLING_OFF_DAYS)
            ),
        ):
            count += session.connection().execute(query).rowcount
        if count:
            record(None, "privacy.delete_old", "table", "expired", rows=count)
        return count
