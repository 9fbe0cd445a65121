"""Read access to a supplier's own profile, and eager loading of a supplier with its parts."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from marketplace.core.database import session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.suppliers.models import (
    CaseStudy,
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
)

OWNER_ID = bindparam("owner_id", type_=Integer)
_SUPPLIER = select(Supplier).options(
    joinedload(Supplier.held),
    joinedload(Supplier.logo),
    joinedload(Supplier.languages),  # few rows: joining them costs less than a statement
)
_BY_ID = _SUPPLIER.where(Supplier.id == bindparam("key", type_=Integer))
_BY_SLUG = _SUPPLIER.where(Supplier.slug == bindparam("key", type_=String))
# In the order of the relationships.
_PARTS: dict[str, Select[Any]] = {
    "services": select(SupplierService).where(SupplierService.supplier_id == OWNER_ID).order_by(SupplierService.code),
    "areas": select(SupplierArea).where(SupplierArea.supplier_id == OWNER_ID).order_by(SupplierArea.municipality_number),
    "cases": (
        select(CaseStudy)
        .options(joinedload(CaseStudy.images))
        .where(CaseStudy.supplier_id == OWNER_ID)
        .order_by(CaseStudy.year.desc(), CaseStudy.id)
    ),
    "sectors": select(SupplierSector).where(SupplierSector.supplier_id == OWNER_ID).order_by(SupplierSector.code),
    "languages": select(SupplierLanguage).where(SupplierLanguage.supplier_id == OWNER_ID).order_by(SupplierLanguage.code),
}  # fmt: skip


def load_supplier(*, supplier_id: int | None = None, slug: str = "") -> Supplier | None:
    """Load a supplier with all its parts by id or slug. Returns None if there is none."""
    query, key = (_BY_SLUG, slug) if supplier_id is None else (_BY_ID, supplier_id)
    supplier = session.scalars(query, {"key": key}).unique().one_or_none()
    if supplier is not None:
        load_parts(supplier, _PARTS)
    return supplier


def load_parts(supplier: Supplier, names: Iterable[str]) -> None:
    """Load some of a supplier's collections by name."""
    for name in names:
        load_collection(supplier, name, _PARTS[name])


def load_collection(owner: Any, name: str, query: Select[Any]) -> None:
    """Load a collection of an object that has an id, with a query by `OWNER_ID`. A collection that is loaded keeps its pending changes."""
    if name in instance_state(owner).unloaded:
        set_committed_value(owner, name, session.scalars(query, {"owner_id": owner.id}).unique().all())


def own_supplier(viewer: Viewer) -> Supplier:
    """Load the supplier that the viewer acts for, with all its parts. Raises NotFound."""
    return or_404(load_supplier(supplier_id=viewer.organisation_id) if viewer.is_supplier else None)


def own_case(viewer: Viewer, case_id: int) -> CaseStudy:
    """Load a case study of the supplier that the viewer acts for. Raises NotFound."""
    case = session.get(CaseStudy, case_id)
    if case is None or not viewer.is_supplier or case.supplier_id != viewer.organisation_id:
        raise NotFound
    return case
