"""Authorization, locking and recipients, shared by the use cases of a brief."""

from collections.abc import Iterable

from sqlalchemy import select

from marketplace.briefs import hooks, lifecycle
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import actor_of, brief_for, phase_of
from marketplace.core import clock
from marketplace.core.database import load_locked, session
from marketplace.core.errors import Conflict, Forbidden
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import follower_recipients, recipients_for
from marketplace.outbox.messages import Recipient


def brief_for_transition(transition: str, viewer: Viewer, reference: str) -> Brief:
    """Lock a brief and check that the viewer may make a transition on it now.

    Raises NotFound if the viewer may not see the brief, Forbidden if the viewer's role never makes this transition, and
    Conflict if the brief has left the phases that it starts from.
    """
    lock(reference)
    brief = brief_for(viewer, reference)
    check_transition(viewer, brief, transition)
    return brief


def check_transition(viewer: Viewer, brief: Brief, transition: str) -> None:
    """Raise Forbidden if the viewer's role never makes a transition, and Conflict if the brief is in no phase for it."""
    actor, current = actor_of(viewer, brief), phase_of(brief)
    if actor is None or actor not in lifecycle.TRANSITIONS[transition].actors:
        raise Forbidden
    if not lifecycle.can(transition, current, actor):
        label = str(lifecycle.PHASE_LABELS[current])
        raise Conflict(_("You can no longer do this. The brief's status is now: %(phase)s.", phase=label))
    if transition == "withdraw" and not brief.versions:
        raise Conflict(_("The brief has not opened yet. Make it a draft again instead."))


def lock(reference: str) -> None:
    """Lock a brief's row and reload it. On SQLite the transaction itself holds the only write lock."""
    load_locked(select(Brief).where(Brief.reference == reference))


def bump_revision(brief: Brief) -> None:
    """Increase the brief's revision, which optimistic locking compares."""
    brief.revision += 1
    brief.updated_at = clock.now()


def company_recipients(brief: Brief, *, except_viewer: Viewer | None = None) -> list[Recipient]:
    """Return the members of the brief's company, without `except_viewer`."""
    members = recipients_for(brief.company_id)
    return [user for user in members if except_viewer is None or user.user_id != except_viewer.user_id]


def garden_recipients(brief: Brief) -> list[Recipient]:
    """Return the members of the business gardens that follow the company."""
    return follower_recipients(brief.company)


def supplier_recipients(supplier_ids: Iterable[int]) -> list[Recipient]:
    """Return the members of a set of suppliers."""
    return [user for supplier_id in sorted(set(supplier_ids)) for user in recipients_for(supplier_id)]


def involved_recipients(brief: Brief) -> list[Recipient]:
    """Return the members of the suppliers that are invited to a brief or are answering it."""
    return supplier_recipients(
        supplier_id
        for query in hooks.suppliers_with_access(brief.id)
        for supplier_id in session.scalars(query)
    )
