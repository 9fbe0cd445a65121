"""Changes to a supplier's own profile. Each public change increments the version."""

import datetime as dt
from collections.abc import Callable, Iterable

from marketplace.audit.use_cases import check_object_unchanged, record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.details import details_of
from marketplace.core.errors import Forbidden, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.files.checks import check_image
from marketplace.files.models import StoredFile
from marketplace.organisations import queries as organisations
from marketplace.suppliers import limits, queries
from marketplace.suppliers.hooks import (
    SELF_DESCRIBED_SECTIONS,
    RankJump,
    before_profile_change,
    services_change,
)
from marketplace.suppliers.limits import LOGO_SIDE, MAX_CASE_IMAGES
from marketplace.suppliers.models import CaseStudy, HeldChange, Supplier
from marketplace.suppliers.use_cases import details
from marketplace.suppliers.use_cases.details import Basics, CaseDetails


def _change(
    viewer: Viewer, section: str, change: Callable[[Supplier], None], expected: str | None = None
) -> bool:
    """Change the viewer's own supplier. Returns True if a value changed.

    `expected` is the fingerprint of the section when the form was rendered. Raises Conflict if a colleague has changed it
    since.
    """
    jumped = before_profile_change(viewer.organisation_id if viewer.is_supplier else None, section)
    with transaction():
        organisations.lock_organisation(viewer.organisation_id)
        supplier = queries.own_supplier(viewer)
        before, current = details.profile_values(supplier), details.section_values(supplier, section)
        change(supplier)
        session.flush()
        check_object_unchanged(
            viewer, "organisation", supplier.id, expected, current, details.section_values(supplier, section)
        )
        changed = details.profile_values(supplier) != before
        if changed:
            details.increment_version(supplier)
            record(viewer, "supplier.change", "organisation", supplier.id, part=section)
            if section in SELF_DESCRIBED_SECTIONS:
                _update_held_change(viewer, supplier, jumped())
        return changed


def _update_held_change(viewer: Viewer, supplier: Supplier, jump: RankJump | None) -> None:
    """Hold back a rank jump until a curator reviews it, or release a held change that is no longer one."""
    if jump is None:
        supplier.held = None
    else:
        held = supplier.held = supplier.held or HeldChange(supplier_id=supplier.id)
        held.since, held.briefs, held.places, held.before = clock.now(), jump.briefs, jump.places, jump.before
        record(viewer, "supplier.jump", "organisation", supplier.id, briefs=jump.briefs, places=jump.places)
    session.flush()


def _require_owner(viewer: Viewer) -> None:
    if not viewer.is_owner:
        raise Forbidden


def change_basics(viewer: Viewer, basics: Basics, expected: str | None = None) -> bool:
    """Change name, municipality and contact; owners only. Raises Forbidden or RuleBroken."""
    _require_owner(viewer)
    return _change(viewer, "basics", lambda supplier: details.write_basics(supplier, basics), expected)


def change_text(viewer: Viewer, about: str, text_locale: str, expected: str | None = None) -> bool:
    """Change the profile text and its language."""

    def change(supplier: Supplier) -> None:
        supplier.about, supplier.text_locale = about, text_locale

    return _change(viewer, "text", change, expected)


def change_services(viewer: Viewer, codes: Iterable[str], note: str = "", expected: str | None = None) -> int:
    """Change the services sold; owners only. Returns the number of applications opened for new kinds of service.

    Raises RuleBroken.
    """
    _require_owner(viewer)
    opened: list[int] = []

    def change(supplier: Supplier) -> None:
        details.write_services(supplier, codes)
        session.flush()
        opened.extend(callback(viewer, supplier, note) for callback in services_change)

    _change(viewer, "services", change, expected)
    return sum(opened)


def change_trades(
    viewer: Viewer, sectors: Iterable[str], languages: Iterable[str], expected: str | None = None
) -> bool:
    """Change sectors and languages."""
    return _change(
        viewer, "trades", lambda supplier: details.write_trades(supplier, sectors, languages), expected
    )


def change_area(
    viewer: Viewer, areas: Iterable[str], *, remote: bool, on_site: bool, expected: str | None = None
) -> bool:
    """Change how the supplier works (remote, on site) and the areas it covers. Raises RuleBroken."""
    return _change(
        viewer,
        "area",
        lambda supplier: details.write_area(supplier, areas, remote=remote, on_site=on_site),
        expected,
    )


def change_price(
    viewer: Viewer, price_from_nok: int | None, next_start: dt.date | None, expected: str | None = None
) -> bool:
    """Change the minimum price and the next start date."""

    def change(supplier: Supplier) -> None:
        supplier.price_from_nok, supplier.next_start = price_from_nok, next_start

    return _change(viewer, "price", change, expected)


def add_case(viewer: Viewer, values: CaseDetails) -> None:
    """Add a case study. Raises RuleBroken for an invalid year or too many case studies."""

    def change(supplier: Supplier) -> None:
        if len(supplier.cases) >= limits.MAX_CASES:
            raise RuleBroken(
                _("You have reached the limit of %(num)s jobs. Delete one first.", num=limits.MAX_CASES)
            )
        supplier.cases = [*supplier.cases, details.new_case(values)]

    _change(viewer, "case", change)


def change_case(viewer: Viewer, case_id: int, values: CaseDetails, expected: str | None = None) -> bool:
    """Change a case study of the viewer's supplier. Raises NotFound, RuleBroken, or Conflict if it has changed since."""

    def change(_supplier: Supplier) -> None:
        case = queries.own_case(viewer, case_id)
        check_object_unchanged(viewer, "organisation", viewer.organisation_id, expected, case, values)
        details.write_case(case, values)

    return _change(viewer, "case", change)


def delete_case(viewer: Viewer, case_id: int) -> CaseDetails:
    """Delete a case study and return its values, so that it can be restored."""
    kept: list[CaseDetails] = []

    def change(supplier: Supplier) -> None:
        case: CaseStudy = queries.own_case(viewer, case_id)
        kept.append(details_of(details.CaseDetails, case))
        supplier.cases = [row for row in supplier.cases if row.id != case.id]

    _change(viewer, "case", change)
    return kept[0]


def set_logo(viewer: Viewer, name: str, data: bytes) -> None:
    """Replace the logo. Raises RuleBroken for a file that is not an image."""
    logo = StoredFile.from_checked(check_image(name, data, max_side=LOGO_SIDE))

    def change(supplier: Supplier) -> None:
        supplier.logo = logo

    _change(viewer, "logo", change)


def remove_logo(viewer: Viewer) -> bool:
    """Remove the logo. Returns False if there is none."""

    def change(supplier: Supplier) -> None:
        supplier.logo = None

    return _change(viewer, "logo", change)


def add_case_image(viewer: Viewer, case_id: int, name: str, data: bytes, alternative_text: str) -> None:
    """Add an image to a case study. Raises NotFound, or RuleBroken for a file that is not an image or too many."""
    image = StoredFile.from_checked(check_image(name, data), alternative_text)

    def change(_supplier: Supplier) -> None:
        case = queries.own_case(viewer, case_id)
        if len(case.images) >= MAX_CASE_IMAGES:
            raise RuleBroken(
                _("A job can have %(num)s images. Remove one first.", num=MAX_CASE_IMAGES), "file"
            )
        case.images = [*case.images, image]

    _change(viewer, "images", change)


def remove_case_image(viewer: Viewer, case_id: int, file_id: int) -> bool:
    """Remove an image from a case study. Returns False if it has been removed already. Raises NotFound."""

    def change(_supplier: Supplier) -> None:
        case = queries.own_case(viewer, case_id)
        case.images = [image for image in case.images if image.id != file_id]

    return _change(viewer, "images", change)


def set_paused(viewer: Viewer, *, paused: bool) -> None:
    """Pause or resume the profile; owners only. A pause does not affect the ranking later."""
    _require_owner(viewer)
    with transaction():
        organisations.lock_organisation(viewer.organisation_id)
        supplier = queries.own_supplier(viewer)
        if (supplier.paused_at is not None) == paused:
            return
        supplier.paused_at = clock.now() if paused else None
        supplier.version += 1
        record(viewer, "supplier.pause" if paused else "supplier.resume", "organisation", supplier.id)
