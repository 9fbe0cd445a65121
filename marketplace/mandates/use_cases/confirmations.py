"""Asking the owners of a company to confirm an act, and their answers."""

import datetime as dt

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.use_cases import as_recipient
from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import load_locked, session, transaction
from marketplace.core.dates import end_of_day_after
from marketplace.core.errors import Conflict, NotFound, RuleBroken, or_404
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.core.identifiers import new_token, token_hash
from marketplace.core.viewer import Viewer
from marketplace.mandates import notices
from marketplace.mandates.hooks import ConfirmableAct, Details, find_act
from marketplace.mandates.limits import CONFIRMATION_DAYS
from marketplace.mandates.models import Confirmation, ConfirmationLink, Mandate
from marketplace.mandates.queries.confirmations import summarize
from marketplace.mandates.rules import Outcome
from marketplace.organisations import queries as organisations
from marketplace.outbox.messages import Message
from marketplace.outbox.use_cases import send, send_mail

ASK_AGAIN_AFTER = dt.timedelta(days=1)


def ask_for_confirmation(
    viewer: Viewer, act_code: str, reference: str, text: str = "", details: Details | None = None
) -> Confirmation:
    """Ask the owners of the company that the viewer writes for to confirm an act; each gets a link by e-mail.

    An earlier request for the same act is replaced if the object or the details have changed, or after ASK_AGAIN_AFTER.
    Raises RuleBroken if the act is not possible now or was just asked for, and NotFound without an active mandate.
    """
    act = find_act(act_code)
    with transaction():
        mandate = load_locked(select(Mandate).where(Mandate.id == viewer.mandate_id))
        if mandate is None or not mandate.is_active:
            raise NotFound
        summary = act.summarize(viewer, reference, details or {})
        if summary.blocker:
            raise RuleBroken(summary.blocker)
        if len(text) < act.min_text:
            raise RuleBroken(_("Write a reason. Everyone who is told about it reads it."), "text")
        owners = organisations.recipients_for(mandate.company_id, roles=("owner",))
        if not owners:
            raise RuleBroken(_("The company has no owner who can confirm."))
        _replace_earlier(mandate, act_code, reference, summary.revision, details or {})
        confirmation = Confirmation(
            mandate=mandate,
            act=act_code,
            reference=reference,
            revision=summary.revision,
            text=text,
            details=dict(details or {}),
            asked_by_id=viewer.user_id,
            expires_at=end_of_day_after(clock.now(), CONFIRMATION_DAYS),
        )
        session.add(confirmation)
        session.flush()
        prepared = notices.PreparedAct(act.name, summary.title, viewer.name, mandate.garden.name)
        for owner in owners:
            token = new_token()
            session.add(
                ConfirmationLink(
                    confirmation_id=confirmation.id, user_id=owner.user_id, token_hash=token_hash(token)
                )
            )
            message = notices.confirmation_asked(prepared, confirmation.expires_at, token)
            send_mail(message, owner.email, owner.locale)
        record(viewer, "confirmation.ask", "confirmation", confirmation.id, act=act_code, reference=reference)
        return confirmation


def _replace_earlier(
    mandate: Mandate, act_code: str, reference: str, revision: int, details: Details
) -> None:
    """Close earlier requests for the same act. Raises RuleBroken if an identical request was made less than a day ago."""
    query = (
        select(Confirmation)
        .join(Confirmation.mandate)
        .where(
            Mandate.company_id == mandate.company_id,
            Confirmation.act == act_code,
            Confirmation.reference == reference,
            Confirmation.outcome == "",
        )
    )
    for earlier in session.scalars(query).all():
        if earlier.details == details and was_just_asked(earlier, revision):
            raise RuleBroken(
                _(
                    "The owners were asked %(time)s. Call them, or ask again after a day.",
                    time=format_datetime(earlier.asked_at),
                )
            )
        earlier.outcome = Outcome.REPLACED


def was_just_asked(confirmation: Confirmation, revision: int) -> bool:
    """Return True if a confirmation for this revision was requested within ASK_AGAIN_AFTER and is still open."""
    is_same = confirmation.is_open and confirmation.revision == revision
    return is_same and clock.now() - confirmation.asked_at < ASK_AGAIN_AFTER


def confirm_act(owner: Viewer, confirmation_id: int) -> Confirmation:
    """Perform the act that an adviser has prepared, as the owner, and notify the adviser.

    Returns the confirmation with its outcome. If the object has changed since the owners were asked, nothing is done and
    the outcome is CHANGED. Raises Conflict if the confirmation is not open, and RuleBroken if the act is not possible now.
    """
    act = _act_of(confirmation_id)
    if act.prepare is not None:
        act.prepare()
    with transaction():
        confirmation = _locked(owner, confirmation_id)
        company = confirmation.mandate.company
        if not _is_unchanged(owner, confirmation):
            confirmation.outcome = Outcome.CHANGED
            record(owner, "confirmation.void", "confirmation", confirmation.id, act=confirmation.act)
            message = notices.confirmation_void(company.name, act.name, confirmation.reference, company.id)
            _notify_adviser(confirmation, message)
            return confirmation
        summary = summarize(owner, confirmation)
        if summary.blocker:
            raise RuleBroken(summary.blocker)
        confirmation.outcome = Outcome.CONFIRMED
        confirmation.confirmed_at, confirmation.confirmed_by_id = clock.now(), owner.user_id
        record(owner, "confirmation.confirm", "confirmation", confirmation.id, act=confirmation.act)
        act.run(owner, confirmation.reference, confirmation.text, confirmation.details)
        message = notices.confirmation_given(owner.name, company.name, act.name, summary.title, summary.path)
        _notify_adviser(confirmation, message)
        return confirmation


def decline_act(owner: Viewer, confirmation_id: int, reason: str) -> Confirmation:
    """Decline the act that an adviser has prepared, and notify the adviser. Raises Conflict unless the confirmation is open."""
    act = _act_of(confirmation_id)
    with transaction():
        confirmation = _locked(owner, confirmation_id)
        confirmation.outcome, confirmation.decline_reason = Outcome.DECLINED, reason
        confirmation.declined_at, confirmation.declined_by_id = clock.now(), owner.user_id
        record(owner, "confirmation.decline", "confirmation", confirmation.id, act=confirmation.act)
        company = confirmation.mandate.company
        message = notices.confirmation_declined(
            owner.name, company.name, act.name, confirmation.reference, company.id, reason
        )
        _notify_adviser(confirmation, message)
        return confirmation


def _act_of(confirmation_id: int) -> ConfirmableAct:
    confirmation = or_404(session.get(Confirmation, confirmation_id))
    return find_act(confirmation.act)


def _locked(owner: Viewer, confirmation_id: int) -> Confirmation:
    """Lock a confirmation of the owner's company and its mandate. Raises NotFound, and Conflict unless it is open."""
    mandate_id = select(Confirmation.mandate_id).where(Confirmation.id == confirmation_id).scalar_subquery()
    mandate = load_locked(select(Mandate).where(Mandate.id == mandate_id))
    confirmation = load_locked(select(Confirmation).where(Confirmation.id == confirmation_id))
    if confirmation is None or mandate is None:
        raise NotFound
    if mandate.company_id != owner.organisation_id or not owner.is_owner or owner.is_mandated:
        raise NotFound
    if not confirmation.is_open:
        raise Conflict(_("The question has been answered already, or it has expired."))
    return confirmation


def _is_unchanged(owner: Viewer, confirmation: Confirmation) -> bool:
    try:
        return summarize(owner, confirmation).revision == confirmation.revision
    except NotFound:
        return False


def _notify_adviser(confirmation: Confirmation, message: Message) -> None:
    """Notify the adviser who asked for the confirmation, if still a member of the garden."""
    adviser = session.get(User, confirmation.asked_by_id) if confirmation.asked_by_id else None
    members = organisations.recipients_for(confirmation.mandate.garden_id)
    if adviser is not None and adviser.id in {member.user_id for member in members}:
        send(message, [as_recipient(adviser)])
