"""Exposure of suppliers to companies: input for rotating ties, and statistics for the supplier and its garden."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from marketplace.core.database import session
from marketplace.core.dates import cutoff_passed
from marketplace.core.viewer import Viewer
from marketplace.sourcing.models import Exposure, Invitation
from marketplace.sourcing.queries.rankings import PAGE_SIZE
from marketplace.suppliers.models import Supplier

SHOWN_RANKS = PAGE_SIZE
"""Ranks that count as shown: those on the first page, whether or not anyone opens it."""
PERIOD_DAYS = 90
_BATCH_SIZE = 500


@dataclass(frozen=True)
class ExposureStats:
    """The number of times a supplier was shown and invited in the last `days` days, and the last time it was shown."""

    days: int
    shown: int
    invited: int
    last: dt.datetime | None


def last_shown(supplier_ids: Sequence[int]) -> dict[str, int]:
    """Return the id of the newest run that showed each supplier, by document id. Suppliers never shown are absent."""
    newest: dict[str, int] = {}
    for start in range(0, len(supplier_ids), _BATCH_SIZE):
        query = (
            select(Exposure.supplier_id, func.max(Exposure.ranking_run_id))
            .where(Exposure.supplier_id.in_(supplier_ids[start : start + _BATCH_SIZE]))
            .group_by(Exposure.supplier_id)
        )
        newest |= {str(supplier_id): int(run_id) for supplier_id, run_id in session.execute(query)}
    return newest


def exposure_stats(viewer: Viewer, supplier_id: int) -> ExposureStats | None:
    """Return a supplier's exposure for its own members and its garden's, or None for other viewers."""
    supplier = session.get(Supplier, supplier_id)
    if supplier is None:
        return None
    is_own = viewer.is_supplier and viewer.organisation_id == supplier.id
    is_gardens = viewer.is_garden and viewer.organisation_id == supplier.garden_id
    if not is_own and not is_gardens:
        return None
    since = cutoff_passed(days=PERIOD_DAYS)
    invited = select(func.count()).where(
        Invitation.supplier_id == supplier.id, Invitation.invited_at >= since
    )
    counted = select(
        func.count().filter(Exposure.at >= since), func.max(Exposure.at), invited.scalar_subquery()
    ).where(Exposure.supplier_id == supplier.id)
    shown, last, invitations = session.execute(counted).one()
    return ExposureStats(PERIOD_DAYS, shown, invitations, last)
