"""A supplier with all that belongs to it, and an application with its history and what its pages show of the supplier."""

from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, select
from sqlalchemy.orm import joinedload, load_only
from sqlalchemy.orm.attributes import instance_state, set_committed_value

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.suppliers.models import (
    CaseStudy,
    Supplier,
    SupplierArea,
    SupplierLanguage,
    SupplierSector,
    SupplierService,
    Vetting,
    VettingDecision,
)

_ID = bindparam("number", type_=Integer)
_NAMED = load_only(User.name)
_APPLICATION = (
    select(Vetting)
    .where(Vetting.id == _ID)
    .options(
        joinedload(Vetting.decided_by).options(_NAMED),
        joinedload(Vetting.supplier).joinedload(Supplier.held),
    )
)
_HISTORY = (
    select(VettingDecision)
    .where(VettingDecision.vetting_id == _ID)
    .order_by(VettingDecision.at)
    .options(joinedload(VettingDecision.by).options(_NAMED))
)
_SUPPLIER = select(Supplier).options(joinedload(Supplier.garden), joinedload(Supplier.held))
_BY_ID = _SUPPLIER.where(Supplier.id == bindparam("asked", type_=Integer))
_BY_SLUG = _SUPPLIER.where(Supplier.slug == bindparam("asked", type_=String))
_PARTS: dict[str, Select[Any]] = {
    "services": select(SupplierService).where(SupplierService.supplier_id == _ID).order_by(SupplierService.code),
    "areas": select(SupplierArea).where(SupplierArea.supplier_id == _ID).order_by(SupplierArea.municipality_number),
    "cases": select(CaseStudy).where(CaseStudy.supplier_id == _ID).order_by(CaseStudy.year.desc(), CaseStudy.id),
    "vettings": select(Vetting).where(Vetting.supplier_id == _ID).order_by(Vetting.category),
}  # fmt: skip
_ALL_PARTS: dict[str, Select[Any]] = {
    **_PARTS,
    "sectors": select(SupplierSector).where(SupplierSector.supplier_id == _ID).order_by(SupplierSector.code),
    "languages": select(SupplierLanguage).where(SupplierLanguage.supplier_id == _ID).order_by(SupplierLanguage.code),
    "vettings": _PARTS["vettings"].options(joinedload(Vetting.garden)),
}  # fmt: skip
"""What belongs to a supplier, and what an application's pages show of it, in the order of its relationships.

The statements are made once: for one supplier, the ORM takes longer to build its own for these lists than to run them.
"""


def whole_supplier(*, number: int | None = None, slug: str = "") -> Supplier | None:
    """Return a supplier with all that belongs to it, by its id or by its place in addresses, or None."""
    query, asked = (_BY_SLUG, slug) if number is None else (_BY_ID, number)
    found = session.scalars(query, {"asked": asked}).one_or_none()
    if found is not None:
        for name, part in _ALL_PARTS.items():
            _fill(found, name, part)
    return found


def whole_application(vetting_id: int) -> Vetting | None:
    """Return an application with its history and what its pages show of the supplier, whoever asks, or None."""
    found = session.scalars(_APPLICATION, {"number": vetting_id}).one_or_none()
    if found is not None:
        _fill(found, "decisions", _HISTORY)
        for name, query in _PARTS.items():
            _fill(found.supplier, name, query)
    return found


def _fill(owner: Vetting | Supplier, name: str, query: Select[Any]) -> None:
    """Load a list of an object, unless it is there already: what was changed in it is not read over."""
    if name in instance_state(owner).unloaded:
        set_committed_value(owner, name, session.scalars(query, {"number": owner.id}).all())
