"""Access control by route: every view declares one access level; a view without a declaration answers 403.

Read and write access are separate. A declaration such as `@access.garden` grants read access. It grants write access
(POST) only for the levels in `WRITE_LEVELS`; with any other level, a view that accepts POST declares its write level
(`@access.writes(Level.CURATOR, because="...")`), or that it is the same (`@access.reads_and_writes(Level.GARDEN,
because="...")`), and answers 403 until it does.
While an adviser writes for a company, `mandate_access` allows a short list of routes only.
Access to individual objects is checked by queries and use cases, against the current state of the database.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.web import flashes, form_recovery, mandate_access
from marketplace.web.viewer import STEP_ENDPOINTS, current_person, current_viewer, pending_step

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


SWITCHING_ENDPOINTS = frozenset({"organisations.choose", "mandates.stop_writing"})
"""Views that choose the organisation to act for, from any page."""


class Level(StrEnum):
    """Group of users that may use a route."""

    PUBLIC = "public"
    SIGNING_IN = "signing in"
    SIGNED_IN = "signed in"
    MEMBERS = "any organisation"
    ORGANISATION = "member of an organisation"
    LEADER = "leader of an organisation"
    COMPANY = "company"
    COMPANY_OWNER = "company owner"
    SUPPLIER = "supplier"
    SUPPLIER_OWNER = "supplier owner"
    GARDEN = "business garden"
    CURATOR = "curator"
    ADMIN = "administrator"


_ALLOWS: dict[Level, Callable[[Viewer], bool]] = {
    Level.PUBLIC: lambda _viewer: True,
    Level.SIGNING_IN: lambda _viewer: current_person().is_signed_in,
    Level.SIGNED_IN: lambda viewer: viewer.is_signed_in,
    Level.MEMBERS: lambda viewer: viewer.organisation_id is not None or viewer.is_admin,
    Level.ORGANISATION: lambda viewer: viewer.organisation_id is not None,
    Level.LEADER: lambda viewer: viewer.role in {"owner", "curator"},
    Level.COMPANY: lambda viewer: viewer.is_company,
    Level.COMPANY_OWNER: lambda viewer: viewer.is_company and viewer.is_owner,
    Level.SUPPLIER: lambda viewer: viewer.is_supplier,
    Level.SUPPLIER_OWNER: lambda viewer: viewer.is_supplier and viewer.is_owner,
    Level.GARDEN: lambda viewer: viewer.is_garden,
    Level.CURATOR: lambda viewer: viewer.is_curator,
    Level.ADMIN: lambda viewer: viewer.is_admin,
}

WRITE_LEVELS: dict[Level, str] = {
    Level.COMPANY: "members of a company write its briefs together: whoever may open a form may submit it",
    Level.COMPANY_OWNER: "the level is the right to act for the company, and its pages are the forms for doing so",
    Level.SUPPLIER: "members of a supplier write its profile and offers together: whoever may open a form may submit it",
    Level.SUPPLIER_OWNER: "the level is the right to act for the supplier, and its pages are the forms for doing so",
    Level.CURATOR: "the level is the right to decide on suppliers, and its pages are the forms for doing so",
    Level.ADMIN: "the level is the right to administer the site, and its pages are the forms for doing so",
}
"""Levels that grant write access together with read access, each with the reason."""


def allows(level: Level, viewer: Viewer) -> bool:
    """Return True if a viewer may use routes of a level."""
    return _ALLOWS[level](viewer)


def level_of(view: Callable[..., Any]) -> Level | None:
    """Return the declared read level of a view function, or None."""
    return getattr(view, "access_level", None)


def write_level_of(view: Callable[..., Any]) -> Level | None:
    """Return the level that may write through a view: its write level, else its read level if in `WRITE_LEVELS`."""
    declared: Level | None = getattr(view, "writing_level", None)
    level = level_of(view)
    return declared or (level if level in WRITE_LEVELS else None)


def shared_access_reason(view: Callable[..., Any]) -> str:
    """Return the reason why read and write access to a view are the same; empty if they differ."""
    level = level_of(view)
    if level is None or level is not write_level_of(view):
        return ""
    return str(getattr(view, "writing_because", "") or WRITE_LEVELS.get(level, ""))


def _declare(level: Level) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if level_of(view) is not None:
            message = f"{view.__name__} declares its access level twice."
            raise TypeError(message)
        view.access_level = level  # type: ignore[attr-defined]  # because a function takes any attribute
        return view

    return decorate


def writes(level: Level, *, because: str) -> Callable[[View], View]:
    """Declare the write level of a view whose read level grants no write access, with the reason."""

    def decorate(view: View) -> View:
        view.writing_level = level  # type: ignore[attr-defined]  # because a function takes any attribute
        view.writing_because = because  # type: ignore[attr-defined]  # because a function takes any attribute
        return view

    return decorate


def reads_and_writes(level: Level, *, because: str) -> Callable[[View], View]:
    """Declare one level for reading and writing of a view, with the reason why those who read it may also write."""
    return lambda view: writes(level, because=because)(_declare(level)(view))


public = _declare(Level.PUBLIC)
signing_in = _declare(Level.SIGNING_IN)
signed_in = _declare(Level.SIGNED_IN)
members = _declare(Level.MEMBERS)
company = _declare(Level.COMPANY)
company_owner = _declare(Level.COMPANY_OWNER)
supplier = _declare(Level.SUPPLIER)
supplier_owner = _declare(Level.SUPPLIER_OWNER)
garden = _declare(Level.GARDEN)
curator = _declare(Level.CURATOR)
admin = _declare(Level.ADMIN)


def _check_access() -> Response | None:
    if request.endpoint is None:
        return None
    safe = request.method in SAFE_METHODS
    mandate_access.check_request(request.endpoint, is_safe=safe)
    view = request_view()
    read_level = level_of(view)
    level = read_level if safe or read_level is None else write_level_of(view)
    if level is None:
        abort(403)
    viewer = current_viewer()
    if allows(level, viewer):
        return (
            None
            if safe or not _depends_on_organisation(level)
            else form_recovery.refuse_form_of_other_organisation()
        )
    if not viewer.is_signed_in:
        return _redirect_to_sign_in(is_safe=safe)
    return abort(403)


def _depends_on_organisation(level: Level) -> bool:
    """Return True if a form is about the organisation that the viewer acts for."""
    return (
        level not in {Level.PUBLIC, Level.SIGNING_IN}
        and request.blueprint != "accounts"
        and request.endpoint not in SWITCHING_ENDPOINTS
    )


def _redirect_to_sign_in(*, is_safe: bool) -> Response:
    """Return the next step of signing in. A submitted form is kept meanwhile; see web/form_recovery."""
    if not is_safe and (kept := form_recovery.ask_to_sign_in()) is not None:
        return kept
    step = pending_step()
    if step is None and session.pop("_user_id", None) is not None:
        flashes.note(_("You have been signed out. Sign in to continue.") if is_safe else _signed_out())
    target = request.full_path.rstrip("?") if request.method == "GET" else form_recovery.referring_page()
    return redirect(url_for(STEP_ENDPOINTS[step] if step else "accounts.sign_in", next=target), 303)


def sign_in_again() -> Response | None:
    """Ask a visitor whose form has no valid token to sign in; None if the visitor may send the form."""
    level = write_level_of(request_view())
    if level is None or current_viewer().is_signed_in or allows(level, current_viewer()):
        return None
    session.pop("_user_id", None)
    flashes.note(_signed_out())
    return _redirect_to_sign_in(is_safe=False)


def _signed_out() -> str:
    return _("You have been signed out. Nothing has been sent. Sign in and try again.")


def request_view() -> Callable[..., Any]:
    """Return the view function of the current request."""
    return current_app.view_functions[str(request.endpoint)]


def guard(app: Flask) -> None:
    """Check the access level before each request. Static files are public."""
    public(app.view_functions["static"])
    app.before_request(_check_access)
