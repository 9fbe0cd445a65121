"""Who has been shown to companies: whose turn it is among equals, and the numbers for a supplier and its garden."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import Exposure, Invitation
from marketplace.sourcing.queries.rankings import PAGE_SIZE
from marketplace.suppliers.models import Supplier

COUNTS_AS_SHOWN = PAGE_SIZE
"""So many of a list are shown: those on its first page. What a company does with the list changes nothing here."""
DAYS = 90
_CHUNK = 500


@dataclass(frozen=True)
class Exposed:
    """How often a supplier was shown and invited in the last `days` days, and when it was last shown, ever."""

    days: int
    shown: int
    invited: int
    last: dt.datetime | None


def last_shown(supplier_ids: Sequence[int]) -> dict[str, int]:
    """Return the number of the newest run that each supplier was shown in, by document; without those never shown."""
    found: dict[str, int] = {}
    for start in range(0, len(supplier_ids), _CHUNK):
        query = (
            select(Exposure.supplier_id, func.max(Exposure.ranking_run_id))
            .where(Exposure.supplier_id.in_(supplier_ids[start : start + _CHUNK]))
            .group_by(Exposure.supplier_id)
        )
        found |= {str(number): int(run_id) for number, run_id in session.execute(query)}
    return found


def exposed(viewer: Viewer, supplier_id: int) -> Exposed | None:
    """Return a supplier's numbers for its own people and those of its garden, or None."""
    supplier = session.get(Supplier, supplier_id)
    if supplier is None:
        return None
    own = viewer.is_supplier and viewer.organisation_id == supplier.id
    gardens = viewer.is_garden and viewer.organisation_id == supplier.garden_id
    if not own and not gardens:
        return None
    since = clock.now() - dt.timedelta(days=DAYS)
    shown = select(func.count(), func.max(Exposure.at)).where(Exposure.supplier_id == supplier.id)
    invited = select(func.count()).where(
        Invitation.supplier_id == supplier.id, Invitation.invited_at >= since
    )
    _ever, last = session.execute(shown).one()
    lately = session.execute(shown.where(Exposure.at >= since)).one()[0]
    return Exposed(DAYS, lately, session.scalar(invited) or 0, last)
