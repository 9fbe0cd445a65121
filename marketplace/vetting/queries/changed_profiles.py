"""Approved profiles that have changed and look optimised for the ranking."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, bindparam, exists, func, select, type_coerce
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.types import NullType

from marketplace.core.cache import BoundedCache
from marketplace.core.database import prepared, session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.suppliers.models import Supplier
from marketplace.vetting import rules
from marketplace.vetting.models import Vetting
from marketplace.vetting.spam_review import findings

ProfileVersion = tuple[Any, ...]
_MAX_CACHED = 50_000
_is_suspicious: BoundedCache[ProfileVersion, bool] = BoundedCache(_MAX_CACHED)
"""True for a profile version (supplier, version, time of change, length) that looks optimised for the ranking.

Reading hundreds of profiles takes half a second, so each process reads a version once.
"""
_BATCH_SIZE = 500


@dataclass(frozen=True, slots=True)
class ProfileToReview:
    """An approval of a supplier whose profile has changed since the approval was decided or reviewed."""

    id: int
    supplier_id: int
    supplier: str
    municipality: str
    updated_at: dt.datetime


_VETTING, _OTHER = Vetting.__table__, Vetting.__table__.alias("other")
_ORGANISATION, _PROFILE = Organisation.__table__, Supplier.__table__
_SUPPLIER_VETTINGS = _VETTING.join(_ORGANISATION, _ORGANISATION.c.id == _VETTING.c.supplier_id).join(
    _PROFILE, _PROFILE.c.id == _ORGANISATION.c.id
)
_CHANGED = prepared(
    select(
        _VETTING.c.id,
        _PROFILE.c.id,
        _PROFILE.c.version,
        # Raw database value: it is only compared, and converting hundreds of them is slow.
        type_coerce(_PROFILE.c.updated_at, NullType()),
        func.length(_ORGANISATION.c.about),
    )
    .select_from(_SUPPLIER_VETTINGS)
    .where(
        _VETTING.c.garden_id == bindparam("garden_id", type_=Integer),
        _ORGANISATION.c.is_active,
        _VETTING.c.state == rules.APPROVED,
        _VETTING.c.decided_at < _PROFILE.c.updated_at,
        ~exists().where(
            _OTHER.c.supplier_id == _PROFILE.c.id,
            _OTHER.c.state == rules.APPROVED,
            _OTHER.c.decided_at >= _PROFILE.c.updated_at,
        ),
    )
    .order_by(_VETTING.c.id)
)
_TO_REVIEW = prepared(
    select(
        _VETTING.c.id,
        _ORGANISATION.c.id,
        _ORGANISATION.c.name,
        _ORGANISATION.c.municipality_number,
        _PROFILE.c.updated_at,
    )
    .select_from(_SUPPLIER_VETTINGS)
    .where(_VETTING.c.id.in_(bindparam("vetting_ids", expanding=True)))
    .order_by(_PROFILE.c.updated_at, _VETTING.c.id)
)


def profiles_to_review(viewer: Viewer) -> list[ProfileToReview]:
    """List one approval of each supplier whose changed profile looks optimised for the ranking. Raises NotFound."""
    if not viewer.is_garden:
        raise NotFound
    rows = session.execute(_CHANGED, {"garden_id": viewer.organisation_id}).all()
    # In reverse, so that the first approval of each supplier wins.
    first_vetting: dict[ProfileVersion, int] = {row[1:]: row[0] for row in reversed(rows)}
    cached = {version: _is_suspicious.get(version, None) for version in first_vetting}
    results = cached | _check_profiles([version for version, result in cached.items() if result is None])
    vetting_ids = [vetting_id for version, vetting_id in first_vetting.items() if results[version]]
    if not vetting_ids:
        return []
    return [ProfileToReview(*row) for row in session.execute(_TO_REVIEW, {"vetting_ids": vetting_ids})]


def _check_profiles(versions: Sequence[ProfileVersion]) -> dict[ProfileVersion, bool]:
    by_supplier = {version[0]: version for version in versions}
    ids = list(by_supplier)
    results: dict[ProfileVersion, bool] = {}
    for start in range(0, len(ids), _BATCH_SIZE):
        query = (
            select(Supplier)
            .where(Supplier.id.in_(ids[start : start + _BATCH_SIZE]))
            .options(selectinload(Supplier.services), selectinload(Supplier.cases), joinedload(Supplier.held))
        )
        for supplier in session.scalars(query):
            version = by_supplier[supplier.id]
            results[version] = bool(findings(supplier))
            _is_suspicious.put(version, results[version])
    return results
