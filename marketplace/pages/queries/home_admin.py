"""Home page of an administrator."""

from collections.abc import Iterator

from sqlalchemy import func, select

from marketplace.accounts.models import User
from marketplace.core import clock
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.i18n import format_datetime, gettext as _
from marketplace.organisations.models import BusinessGarden, ColleagueInvitation, Membership, Organisation
from marketplace.outbox.models import OutboxMail
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
    return Dashboard([*_gardens_without_curator()], facts)


def _gardens_without_curator() -> Iterator[Task]:
    curated = (
        select(Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == "curator", User.is_active)
    )
    query = select(BusinessGarden).where(BusinessGarden.is_active, BusinessGarden.id.not_in(curated))
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
