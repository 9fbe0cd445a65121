"""The main menu: at most four places for each role, so that it fits one line on a phone."""

from dataclasses import dataclass

from flask import Flask, request

from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.viewer import Viewer
from marketplace.web.url_cache import url_for
from marketplace.web.viewer import current_viewer


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the menu. `blueprints` are those whose pages belong under it."""

    endpoint: str
    label: object
    under: tuple[str, ...] = ()


PUBLIC = (
    Place("directory.search", _("Suppliers"), ("directory.show",)),
    Place("pages.how_it_works", _("How it works")),
    Place("pages.how_we_rank", _("How we rank")),
)
COMPANY = (
    Place("pages.home", _("Home")),
    Place("briefs.index", _("Our briefs"), ("briefs.", "sourcing.", "proposals.")),
    Place("directory.search", _("Suppliers"), ("directory.show",)),
)
SUPPLIER = (
    Place("pages.home", _("Home")),
    Place("sourcing.opportunities", _("Briefs"), ("sourcing.", "briefs.")),
    Place("proposals.index", _("Offers"), ("proposals.",)),
    Place(
        "vetting.profile",
        _("Profile"),
        ("vetting.profile", "vetting.make_appeal", "vetting.submit_again", "suppliers."),
    ),
)
GARDEN = (
    Place("pages.home", _("Home")),
    Place(
        "vetting.queue",
        _("Applications"),
        ("vetting.application", "vetting.approve_all", "vetting.refusal", "vetting.appeal"),
    ),
    Place("directory.garden_suppliers", _("Suppliers"), ("directory.garden_suppliers", "directory.show")),
    Place(
        "organisations.companies",
        _("Companies"),
        ("organisations.companies", "organisations.company", "briefs."),
    ),
)
ADMIN = (
    Place("pages.home", _("Home")),
    Place("organisations.admin_gardens", _("Gardens"), ("organisations.admin_garden",)),
    Place("accounts.admin_users", _("Users"), ("accounts.admin_user",)),
    Place("vetting.appeals", _("Appeals")),
    Place("pages.audit_log", _("Audit log")),
    Place("proposals.sealed", _("Sealed"), ("proposals.unsealed",)),
)


def places_for(viewer: Viewer) -> tuple[Place, ...]:
    """Return the menu of a viewer."""
    if viewer.is_company:
        return COMPANY
    if viewer.is_supplier:
        return SUPPLIER
    if viewer.is_garden:
        return GARDEN
    return ADMIN if viewer.is_admin else PUBLIC


def menu() -> list[dict[str, object]]:
    """Return the menu of this request: label, address and whether we are there."""
    items: list[dict[str, object]] = []
    here = request.endpoint or ""
    for place in places_for(current_viewer()):
        inside = here == place.endpoint or any(here.startswith(prefix) for prefix in place.under)
        current = "page" if here == place.endpoint else ("true" if inside else None)
        items.append({"label": str(place.label), "url": url_for(place.endpoint), "current": current})
    return items


def register(app: Flask) -> None:
    """Let templates draw the menu."""
    app.jinja_env.globals["menu"] = menu
