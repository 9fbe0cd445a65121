"""What every use case of a brief begins and ends with: may this be done, and who is to be told."""

from collections.abc import Iterable

from sqlalchemy import select

from marketplace.briefs import hooks, lifecycle
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import actor_of, brief_for, phase_of
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import recipients_for
from marketplace.outbox.messages import Recipient


def brief_to(move: str, viewer: Viewer, reference: str) -> Brief:
    """Return the brief that a viewer is about to do something to.

    Raises NotFound when the viewer may not know of it, Forbidden when it is not his or hers to do, and
    Conflict when the brief has gone on to where it can no longer be done.
    """
    lock(reference)
    brief = brief_for(viewer, reference)
    actor, current = actor_of(viewer, brief), phase_of(brief)
    if actor is None or actor not in lifecycle.MOVES[move].actors:
        raise Forbidden
    if not lifecycle.may(move, current, actor):
        raise Conflict(_("The brief has changed status since you opened the page. Check its current status."))
    return brief


def lock(reference: str) -> None:
    """Let one at a time change a brief, and read it anew; SQLite's own write lock does this already."""
    mine = select(Brief).where(Brief.reference == reference).with_for_update()
    session.scalar(mine.execution_options(populate_existing=True))


def touch(brief: Brief) -> None:
    """Count a change to the brief."""
    brief.revision += 1
    brief.updated_at = clock.now()


def company_people(brief: Brief, *, but: Viewer | None = None) -> list[Recipient]:
    """Return the people of the brief's company, without the one who acts."""
    own = recipients_for(brief.company_id)
    return [person for person in own if but is None or person.user_id != but.user_id]


def garden_people(brief: Brief) -> list[Recipient]:
    """Return the people of the company's business garden."""
    return recipients_for(brief.company.garden_id)


def supplier_people(supplier_ids: Iterable[int]) -> list[Recipient]:
    """Return the people of some suppliers."""
    return [person for supplier_id in sorted(set(supplier_ids)) for person in recipients_for(supplier_id)]


def tied_people(brief: Brief) -> list[Recipient]:
    """Return the people of the suppliers that are invited to a brief or are answering it."""
    return supplier_people(
        supplier_id
        for query in hooks.suppliers_with_access(brief.id)
        for supplier_id in session.scalars(query)
    )
