"""Eager loading of an application with its history and the parts of the supplier that its pages show."""

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import joinedload, load_only

from marketplace.accounts.models import User
from marketplace.core.database import prepared, session
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.queries import OWNER_ID, load_collection, load_parts
from marketplace.vetting.models import Vetting, VettingDecision

_NAME_ONLY = load_only(User.name)
_APPLICATION = prepared(
    select(Vetting)
    .where(Vetting.id == bindparam("vetting_id", type_=Integer))
    .options(
        joinedload(Vetting.decided_by).options(_NAME_ONLY),
        joinedload(Vetting.supplier).joinedload(Supplier.held),
    )
)
_HISTORY = (
    select(VettingDecision)
    .where(VettingDecision.vetting_id == OWNER_ID)
    .order_by(VettingDecision.at)
    .options(joinedload(VettingDecision.by).options(_NAME_ONLY))
)
SHOWN_PARTS = ("services", "areas", "cases")


def load_application(vetting_id: int) -> Vetting | None:
    """Load an application without checking access. Returns None if there is none."""
    application = session.scalars(_APPLICATION, {"vetting_id": vetting_id}).one_or_none()
    if application is not None:
        load_collection(application, "decisions", _HISTORY)
        load_parts(application.supplier, SHOWN_PARTS)
    return application
