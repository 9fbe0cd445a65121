"""A supplier's own profile."""

from marketplace.core.database import session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import CaseStudy, Supplier
from marketplace.suppliers.queries.loading import load_supplier


def own_supplier(viewer: Viewer) -> Supplier:
    """Load the supplier that the viewer acts for, with all its parts. Raises NotFound."""
    return or_404(load_supplier(supplier_id=viewer.organisation_id) if viewer.is_supplier else None)


def own_case(viewer: Viewer, case_id: int) -> CaseStudy:
    """Load a case study of the supplier that the viewer acts for. Raises NotFound."""
    case = session.get(CaseStudy, case_id)
    if case is None or not viewer.is_supplier or case.supplier_id != viewer.organisation_id:
        raise NotFound
    return case
