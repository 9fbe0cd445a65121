"""The suppliers that a company has chosen to invite when its waiting brief opens."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.queries import BriefView, open_review
from marketplace.core.collation import norwegian_order
from marketplace.core.database import session
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import Supplier


def chosen_suppliers(viewer: Viewer, brief_view: BriefView) -> Sequence[Any]:
    """Return name and slug of each chosen supplier, for the company alone; none for a brief that was open before."""
    if not viewer.is_company or brief_view.phase is not Phase.WAITING or brief_view.version is not None:
        return ()
    review = open_review(brief_view.brief)
    if review is None or not review.chosen_suppliers:
        return ()
    query = select(Supplier.name, Supplier.slug).where(Supplier.id.in_(review.chosen_suppliers))
    return session.execute(query.order_by(norwegian_order(Supplier.name), Supplier.id)).all()
