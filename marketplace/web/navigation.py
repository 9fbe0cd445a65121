"""Main menu of each role, short enough to fit one line on a phone."""

from dataclasses import dataclass

from flask import Flask, request

from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.viewer import Viewer
from marketplace.web.url_cache import url_for
from marketplace.web.viewer import current_viewer


@dataclass(frozen=True, slots=True)
class NavItem:
    """An item of the menu, highlighted on its own page, and on pages whose endpoint or path begins with a prefix."""

    endpoint: str
    label: object
    endpoint_prefixes: tuple[str, ...] = ()
    path_prefixes: tuple[str, ...] = ()

    def is_active(self, endpoint: str, path: str) -> bool:
        """Return True if a page highlights the item."""
        return (
            endpoint == self.endpoint
            or endpoint.startswith(self.endpoint_prefixes)
            or path.startswith(self.path_prefixes)
        )


PUBLIC = (
    NavItem("directory.search", _("Suppliers"), ("directory.show",)),
    NavItem("programme.courses", _("Courses"), ("programme.",)),
    NavItem("pages.how_it_works", _("How it works")),
)
COMPANY = (
    NavItem("pages.home", _("Home")),
    NavItem("strategy.plan", _("Plan"), ("strategy.", "programme.own_course")),
    NavItem("briefs.index", _("Your briefs"), ("briefs.", "sourcing.", "proposals.")),
    NavItem("directory.search", _("Suppliers"), ("directory.show",)),
)
MANDATE = (COMPANY[2], COMPANY[1], COMPANY[3])
"""Pages on which an adviser may write for a company; see mandate_access.py."""
SUPPLIER = (
    NavItem("pages.home", _("Home")),
    NavItem("sourcing.opportunities", _("Briefs"), ("sourcing.", "briefs.")),
    NavItem("proposals.index", _("Offers"), ("proposals.",)),
    NavItem(
        "vetting.profile",
        _("Profile"),
        ("vetting.profile", "vetting.make_appeal", "vetting.submit_again", "suppliers."),
    ),
)
GARDEN = (
    NavItem("pages.home", _("Home")),
    NavItem("programme.projects", _("Programme"), path_prefixes=("/programme/",)),
    NavItem(
        "organisations.companies", _("Companies"), path_prefixes=("/companies/", "/casework/", "/briefs/")
    ),
    NavItem("directory.garden_suppliers", _("Suppliers"), ("directory.", "vetting."), ("/garden/",)),
)
ADMIN = (
    NavItem("pages.home", _("Home")),
    NavItem("organisations.admin_gardens", _("Gardens"), ("organisations.admin_garden",)),
    NavItem("pages.admin_users", _("Users"), ("accounts.admin_user",)),
    NavItem("vetting.appeals", _("Appeals")),
    NavItem("pages.audit_log", _("Audit log")),
    NavItem("proposals.emergency_access", _("Sealed"), ("proposals.emergency_view",)),
)


def nav_items(viewer: Viewer) -> tuple[NavItem, ...]:
    """Return the menu of the viewer's role."""
    if viewer.is_company:
        return MANDATE if viewer.is_mandated else COMPANY
    if viewer.is_supplier:
        return SUPPLIER
    if viewer.is_garden:
        return GARDEN
    return ADMIN if viewer.is_admin else PUBLIC


def menu() -> list[dict[str, object]]:
    """Return label, URL and `aria-current` value of each menu item for the current request."""
    items: list[dict[str, object]] = []
    endpoint, path = request.endpoint or "", request.path
    for item in nav_items(current_viewer()):
        current = (
            "page" if endpoint == item.endpoint else ("true" if item.is_active(endpoint, path) else None)
        )
        items.append({"label": str(item.label), "url": url_for(item.endpoint), "current": current})
    return items


def register(app: Flask) -> None:
    """Add `menu` to the template globals."""
    app.jinja_env.globals["menu"] = menu
