"""The one place where a route says who may use it. A view without exactly one declaration answers 403."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.core.viewer import Viewer
from marketplace.web.viewer import current_viewer

View = TypeVar("View", bound=Callable[..., Any])


class Level(StrEnum):
    """Who may use a route. Which objects they may touch is decided in the queries."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    MEMBERS = "any organisation"
    COMPANY = "company"
    COMPANY_OWNER = "company owner"
    SUPPLIER = "supplier"
    SUPPLIER_OWNER = "supplier owner"
    GARDEN = "business garden"
    CURATOR = "curator"
    ADMIN = "administrator"


_ALLOWS: dict[Level, Callable[[Viewer], bool]] = {
    Level.PUBLIC: lambda _viewer: True,
    Level.SIGNED_IN: lambda viewer: viewer.is_signed_in,
    Level.MEMBERS: lambda viewer: viewer.organisation_id is not None or viewer.is_admin,
    Level.COMPANY: lambda viewer: viewer.is_company,
    Level.COMPANY_OWNER: lambda viewer: viewer.is_company and viewer.is_owner,
    Level.SUPPLIER: lambda viewer: viewer.is_supplier,
    Level.SUPPLIER_OWNER: lambda viewer: viewer.is_supplier and viewer.is_owner,
    Level.GARDEN: lambda viewer: viewer.is_garden,
    Level.CURATOR: lambda viewer: viewer.is_curator,
    Level.ADMIN: lambda viewer: viewer.is_admin,
}


def allows(level: Level, viewer: Viewer) -> bool:
    """Say whether a viewer may use routes of a level."""
    return _ALLOWS[level](viewer)


def level_of(view: Callable[..., Any]) -> Level | None:
    """Return the declared level of a view function, or None."""
    return getattr(view, "access_level", None)


def _declare(level: Level) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if level_of(view) is not None:
            message = f"{view.__name__} declares access twice."
            raise TypeError(message)
        view.access_level = level  # type: ignore[attr-defined]  # because a function takes any attribute
        return view

    return decorate


public = _declare(Level.PUBLIC)
signed_in = _declare(Level.SIGNED_IN)
members = _declare(Level.MEMBERS)
company = _declare(Level.COMPANY)
company_owner = _declare(Level.COMPANY_OWNER)
supplier = _declare(Level.SUPPLIER)
supplier_owner = _declare(Level.SUPPLIER_OWNER)
garden = _declare(Level.GARDEN)
curator = _declare(Level.CURATOR)
admin = _declare(Level.ADMIN)


def _check() -> Response | None:
    if request.endpoint is None:
        return None
    level = level_of(request_view())
    if level is None:
        abort(403)
    viewer = current_viewer()
    if allows(level, viewer):
        return None
    if not viewer.is_signed_in:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=target), 303)
    return abort(403)


def request_view() -> Callable[..., Any]:
    """Return the view function that answers this request."""
    return current_app.view_functions[str(request.endpoint)]


def guard(app: Flask) -> None:
    """Check access before each request; static files are public."""
    if "static" in app.view_functions:
        public(app.view_functions["static"])
    app.before_request(_check)
