"""A supplier's public page."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core import taxonomy
from marketplace.core.errors import NotFound, or_404
from marketplace.core.viewer import Viewer
from marketplace.files.models import StoredFile
from marketplace.suppliers.models import Supplier
from marketplace.suppliers.queries import load_supplier
from marketplace.vetting.models import Vetting
from marketplace.vetting.queries.statuses import approved_services, listed, vettings_of


@dataclass(frozen=True)
class SupplierPage:
    """A supplier's page with the viewer's permissions on it."""

    supplier: Supplier
    vettings: Sequence[Vetting]
    listed: Sequence[Vetting]
    services: Sequence[str]
    sees_contact: bool
    sees_notes: bool
    sees_outcomes: bool
    is_own: bool

    def services_in(self, category: str) -> list[str]:
        """Approved services of one kind."""
        return [code for code in self.services if taxonomy.group_of(code) == category]


def supplier_page(viewer: Viewer, slug: str) -> SupplierPage:
    """Load a supplier's page. Unlisted suppliers are visible only to themselves, gardens and administrators.

    Contact details are for signed-in companies and gardens, notes for the vetting garden. Raises NotFound.
    """
    supplier = or_404(load_supplier(slug=slug))
    vettings = vettings_of(supplier.id, with_garden=True)
    is_own = viewer.is_supplier and viewer.organisation_id == supplier.id
    is_vetting_garden = viewer.is_garden and any(
        vetting.garden_id == viewer.organisation_id for vetting in vettings
    )
    counting = listed(vettings)
    if not (counting and supplier.is_active) and not (is_own or viewer.is_garden or viewer.is_admin):
        raise NotFound
    categories = {vetting.category for vetting in counting}
    return SupplierPage(
        supplier=supplier,
        vettings=vettings,
        listed=counting,
        services=approved_services((service.code for service in supplier.services), categories),
        sees_contact=viewer.is_company or viewer.is_garden or viewer.is_admin or is_own,
        sees_notes=is_vetting_garden,
        sees_outcomes=viewer.is_garden or viewer.is_admin or is_own,
        is_own=is_own,
    )


def supplier_image(viewer: Viewer, slug: str, file_id: int) -> StoredFile:
    """Load a logo or an image of a case study, for those who may see the supplier's page. Raises NotFound."""
    supplier = supplier_page(viewer, slug).supplier
    images = [supplier.logo, *(image for case in supplier.cases for image in case.images)]
    for image in images:
        if image is not None and image.id == file_id:
            return image
    raise NotFound
