"""Changes to a supplier's own profile. Each public change increments the version."""

import datetime as dt
from collections.abc import Callable, Iterable

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.viewer import Viewer
from marketplace.organisations import queries as organisations
from marketplace.suppliers import queries
from marketplace.suppliers.hooks import (
    SELF_DESCRIBED_SECTIONS,
    RankJump,
    before_profile_change,
    services_change,
)
from marketplace.suppliers.models import CaseStudy, HeldChange, Supplier
from marketplace.suppliers.use_cases import details as write
from marketplace.suppliers.use_cases.details import Basics, CaseDetails


def _change(viewer: Viewer, what: str, change: Callable[[Supplier], None], seen: str | None = None) -> bool:
    """Change the viewer's own supplier. Returns True if a value changed.

    `seen` is the fingerprint of the section when the form was rendered. Raises Conflict if a colleague has changed it
    since.
    """
    jumped = before_profile_change(viewer.organisation_id if viewer.is_supplier else None, what)
    with transaction():
        organisations.lock_organisation(viewer.organisation_id)
        supplier = queries.own_supplier(viewer)
        before, part = write.state_of(supplier), write.part_of(supplier, what)
        change(supplier)
        session.flush()
        check_unchanged(seen, part, write.part_of(supplier, what))
        changed = write.state_of(supplier) != before
        if changed:
            write.touch(supplier)
            record(viewer, "supplier.change", "organisation", supplier.id, part=what)
            if what in SELF_DESCRIBED_SECTIONS:
                _hold(viewer, supplier, jumped())
        return changed


def _hold(viewer: Viewer, supplier: Supplier, jump: RankJump | None) -> None:
    """Hold back a rank jump until a curator reviews it, or release a held change that is no longer one."""
    if jump is None:
        supplier.held = None
    else:
        held = supplier.held = supplier.held or HeldChange(supplier_id=supplier.id)
        held.since, held.briefs, held.places, held.before = clock.now(), jump.briefs, jump.places, jump.before
        record(viewer, "supplier.jump", "organisation", supplier.id, briefs=jump.briefs, places=jump.places)
    session.flush()


def _must_own(viewer: Viewer) -> None:
    if not viewer.is_owner:
        raise Forbidden


def change_basics(viewer: Viewer, basics: Basics, seen: str | None = None) -> bool:
    """Change name, municipality and contact; owners only. Raises Forbidden or RuleBroken."""
    _must_own(viewer)
    return _change(viewer, "basics", lambda supplier: write.write_basics(supplier, basics), seen)


def change_text(viewer: Viewer, about: str, text_locale: str, seen: str | None = None) -> bool:
    """Change the profile text and its language."""

    def change(supplier: Supplier) -> None:
        supplier.about, supplier.text_locale = about, text_locale

    return _change(viewer, "text", change, seen)


def change_services(viewer: Viewer, codes: Iterable[str], note: str = "", seen: str | None = None) -> int:
    """Change the services sold; owners only. Returns the number of applications opened for new kinds of service.

    Raises RuleBroken.
    """
    _must_own(viewer)
    opened: list[int] = []

    def change(supplier: Supplier) -> None:
        write.write_services(supplier, codes)
        session.flush()
        opened.extend(callback(viewer, supplier, note) for callback in services_change)

    _change(viewer, "services", change, seen)
    return sum(opened)


def change_trades(
    viewer: Viewer, sectors: Iterable[str], languages: Iterable[str], seen: str | None = None
) -> bool:
    """Change trades and languages."""
    return _change(viewer, "trades", lambda supplier: write.write_trades(supplier, sectors, languages), seen)


def change_area(
    viewer: Viewer, areas: Iterable[str], *, remote: bool, on_site: bool, seen: str | None = None
) -> bool:
    """Change the way of working and the areas. Raises RuleBroken."""
    return _change(
        viewer,
        "area",
        lambda supplier: write.write_area(supplier, areas, remote=remote, on_site=on_site),
        seen,
    )


def change_price(
    viewer: Viewer, price_from_nok: int | None, next_start: dt.date | None, seen: str | None = None
) -> bool:
    """Change the minimum price and the next start date."""

    def change(supplier: Supplier) -> None:
        supplier.price_from_nok, supplier.next_start = price_from_nok, next_start

    return _change(viewer, "price", change, seen)


def add_case(viewer: Viewer, details: CaseDetails) -> None:
    """Add a case study. Raises RuleBroken for an invalid year or too many case studies."""

    def change(supplier: Supplier) -> None:
        if len(supplier.cases) >= write.MAX_CASES:
            raise RuleBroken(
                _("You have reached the limit of %(num)s jobs. Delete one first.", num=write.MAX_CASES)
            )
        supplier.cases = [*supplier.cases, write.new_case(details)]

    _change(viewer, "case", change)


def change_case(viewer: Viewer, case_id: int, details: CaseDetails, seen: str | None = None) -> bool:
    """Change a case study of the viewer's supplier. Raises NotFound, RuleBroken, or Conflict if it has changed since."""

    def change(_supplier: Supplier) -> None:
        case = queries.own_case(viewer, case_id)
        check_unchanged(seen, write.case_details(case), details)
        write.write_case(case, details)

    return _change(viewer, "case", change)


def delete_case(viewer: Viewer, case_id: int) -> CaseDetails:
    """Delete a case study and return its values, so that it can be restored."""
    kept: list[CaseDetails] = []

    def change(supplier: Supplier) -> None:
        case: CaseStudy = queries.own_case(viewer, case_id)
        kept.append(write.case_details(case))
        supplier.cases = [row for row in supplier.cases if row.id != case.id]

    _change(viewer, "case", change)
    return kept[0]


def set_paused(viewer: Viewer, *, paused: bool) -> None:
    """Pause or resume the profile; owners only. A pause does not affect the ranking later."""
    _must_own(viewer)
    with transaction():
        supplier = queries.own_supplier(viewer)
        if (supplier.paused_at is not None) == paused:
            return
        supplier.paused_at = clock.now() if paused else None
        supplier.version += 1
        record(viewer, "supplier.pause" if paused else "supplier.resume", "organisation", supplier.id)
