"""Home page of an administrator."""

from collections.abc import Iterator

from sqlalchemy import func, select

from marketplace.core import clock, request_state
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.organisations.models import BusinessGarden, ColleagueInvitation, Organisation
from marketplace.organisations.queries import curated_garden_ids
from marketplace.outbox.models import OutboxMail
from marketplace.outbox.queries import MAX_MAIL_AGE, overdue_mail_since
from marketplace.pages.dashboard import Dashboard, Fact, Priority, Task


def admin_dashboard() -> Dashboard:
    """Return the tasks of an administrator, and the size of the network."""
    counts = dict(
        session.execute(
            select(Organisation.kind, func.count()).where(Organisation.is_active).group_by(Organisation.kind)
        ).all()
    )
    unsent = dict(
        session.execute(
            select(OutboxMail.state, func.count())
            .where(OutboxMail.state.in_(("failed", "expired")))
            .group_by(OutboxMail.state)
        ).all()
    )
    facts = [
        Fact(_("Business gardens"), str(counts.get("garden", 0))),
        Fact(_("Companies"), str(counts.get("company", 0))),
        Fact(_("Suppliers"), str(counts.get("supplier", 0))),
        Fact(_("E-mails that could not be sent"), str(unsent.get("failed", 0))),
        Fact(_("E-mails dropped because they came too late"), str(unsent.get("expired", 0))),
    ]
    return Dashboard([*_overdue_mail(), *_gardens_without_curator()], facts)


def _overdue_mail() -> Iterator[Task]:
    since = overdue_mail_since()
    if since is None:
        return
    alive = request_state.last_heartbeat("worker")
    is_running = alive is not None and clock.now() - alive < MAX_MAIL_AGE
    yield Task(
        Priority.NOW,
        _("E-mail is not being sent"),
        "",
        _("The mail server does not accept it. Run `marketplace check` to see why.")
        if is_running
        else _("The process that sends it is not running. Start `marketplace worker`."),
        _("The oldest has waited since %(when)s", when=format_datetime(since)),
    )


def _gardens_without_curator() -> Iterator[Task]:
    query = select(BusinessGarden).where(
        BusinessGarden.is_active, BusinessGarden.id.not_in(curated_garden_ids())
    )
    for garden in session.scalars(query.order_by(norwegian_order(BusinessGarden.name))):
        invitation = _unanswered_invitation(garden)
        if invitation is not None and invitation.expires_at > clock.now():
            yield Task(
                Priority.SOON,
                _(
                    "The invitation to the curator of %(garden)s has not been accepted yet",
                    garden=garden.name,
                ),
                f"/admin/gardens/{garden.id}#people",
                _("It was sent to %(email)s. You can send it again.", email=invitation.email),
                _("Valid until %(when)s", when=format_datetime(invitation.expires_at)),
            )
            continue
        yield Task(
            Priority.NOW,
            _("Invite a curator to %(garden)s", garden=garden.name),
            f"/admin/gardens/{garden.id}",
            _("The invitation to %(email)s has expired.", email=invitation.email)
            if invitation
            else _("Nobody can approve suppliers there."),
        )
    if session.scalar(select(BusinessGarden.id).limit(1)) is None:
        yield Task(
            Priority.NOW,
            _("Add the first business garden"),
            "/admin/gardens/new",
            _("Then invite a curator, who approves suppliers and invites colleagues."),
        )


def _unanswered_invitation(garden: BusinessGarden) -> ColleagueInvitation | None:
    """Return the last invitation to be a curator of a garden that was neither accepted nor withdrawn; it may have expired."""
    query = select(ColleagueInvitation).where(
        ColleagueInvitation.organisation_id == garden.id,
        ColleagueInvitation.role == "curator",
        ColleagueInvitation.accepted_at.is_(None),
        ColleagueInvitation.withdrawn_at.is_(None),
    )
    return session.scalars(query.order_by(ColleagueInvitation.id.desc()).limit(1)).first()
