"""Locking of a strategy for changes; the row is created at the first change."""

from sqlalchemy import select

from marketplace.core.database import load_locked, lock_row, session
from marketplace.core.errors import NotFound
from marketplace.core.i18n import LOCALES, default_locale
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Company
from marketplace.strategy.models.plan import Strategy


def strategy_for_writing(viewer: Viewer) -> Strategy:
    """Lock the strategy of the viewer's company in the caller's transaction; create it first if it does not exist.

    All members of a company may write. Raises NotFound for everybody else. After a change to the strategy, to its
    objectives or to its actions, call `versions.save_version`.
    """
    if not viewer.is_company or viewer.organisation_id is None or viewer.user_id is None:
        raise NotFound
    query = select(Strategy).where(Strategy.company_id == viewer.organisation_id)
    strategy = load_locked(query)
    if strategy is not None:
        return strategy
    lock_row(Company.id, viewer.organisation_id)
    strategy = load_locked(query)
    if strategy is None:
        strategy = Strategy(
            company_id=viewer.organisation_id,
            language=viewer.locale if viewer.locale in LOCALES else default_locale(),
            content={},
            updated_by_id=viewer.user_id,
        )
        session.add(strategy)
        session.flush()
    return strategy
