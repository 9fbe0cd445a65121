"""Versions of the strategy of the viewer's company, and the differences between two of them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.database import session
from marketplace.core.errors import or_404
from marketplace.core.viewer import Viewer
from marketplace.strategy.models.plan import StrategyVersion
from marketplace.strategy.queries.document_export import outline_of_version
from marketplace.strategy.queries.plan import strategy_of
from marketplace.strategy.version_diff import FieldChange, outline_changes

MAX_LISTED = 100
_WRITERS = (
    joinedload(StrategyVersion.saved_by, innerjoin=True),
    selectinload(StrategyVersion.saved_by_garden),
)


def own_versions(viewer: Viewer) -> Sequence[StrategyVersion]:
    """Return the latest versions of the company's strategy, newest first."""
    strategy = strategy_of(viewer.organisation_id) if viewer.is_company else None
    query = (
        select(StrategyVersion)
        .where(StrategyVersion.strategy_id == (strategy.id if strategy else 0))
        .options(*_WRITERS)
    )
    return session.scalars(query.order_by(StrategyVersion.number.desc()).limit(MAX_LISTED)).all()


def own_version(viewer: Viewer, number: int) -> StrategyVersion:
    """Return a version of the company's strategy by its number. Raises NotFound."""
    strategy = strategy_of(viewer.organisation_id) if viewer.is_company else None
    query = select(StrategyVersion).where(
        StrategyVersion.strategy_id == (strategy.id if strategy else 0), StrategyVersion.number == number
    )
    return or_404(session.scalar(query.options(*_WRITERS)))


def changes_between(before: StrategyVersion, after: StrategyVersion) -> list[FieldChange]:
    """Return the differences between two versions, with the labels of both in the language of the later one."""
    newer = outline_of_version(after)
    return outline_changes(outline_of_version(before, language=newer.language), newer)
