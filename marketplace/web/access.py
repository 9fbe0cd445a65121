"""The one place where a route says who may use it. A view without exactly one declaration answers 403.

Reading and changing are two permissions. A plain declaration (`@access.garden`) says who may read. Who may change, by
POST, follows from it only for the levels in `ACTING`, with the reason beside each; under any other level a view that
takes POST says so itself (`@access.writes(Level.CURATOR, because="...")`), and answers 403 until it does.
Which objects a viewer may touch is decided in the queries, from what holds at this very request.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.core.viewer import Viewer
from marketplace.web.viewer import current_person, current_viewer, waiting_for

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Level(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    BEGUN = "sign-in begun"
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
    Level.BEGUN: lambda _viewer: current_person().is_signed_in,
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

ACTING: dict[Level, str] = {
    Level.COMPANY: "a company's people write its briefs together: who may open the form may send it",
    Level.COMPANY_OWNER: "the level is the right to act for the company; its pages are the forms of those acts",
    Level.SUPPLIER: "a supplier's people write its profile and offers together: who may open the form may send it",
    Level.SUPPLIER_OWNER: "the level is the right to act for the supplier; its pages are the forms of those acts",
    Level.CURATOR: "the level is the right to decide on suppliers; its pages are the forms of those acts",
    Level.ADMIN: "the level is the right to keep the site; its pages are the forms of those acts",
}
"""Levels that give the right to change what they let one read, and why."""

UNFINISHED = {
    "verify": "accounts.check_mail",
    "code": "accounts.enter_code",
    "enrol": "accounts.two_factor",
}
"""Where a person goes whose sign-in waits for something."""


def allows(level: Level, viewer: Viewer) -> bool:
    """Say whether a viewer may use routes of a level."""
    return _ALLOWS[level](viewer)


def level_of(view: Callable[..., Any]) -> Level | None:
    """Return the declared level of a view function for reading, or None."""
    return getattr(view, "access_level", None)


def writing_level_of(view: Callable[..., Any]) -> Level | None:
    """Return who may change things through a view: as declared, else its level where that is one to act by."""
    declared: Level | None = getattr(view, "writing_level", None)
    level = level_of(view)
    return declared or (level if level in ACTING else None)


def why_shared(view: Callable[..., Any]) -> str:
    """Return why a view's reading and changing are open to the same people; empty where they are not."""
    level = level_of(view)
    if level is None or level is not writing_level_of(view):
        return ""
    return str(getattr(view, "writing_because", "") or ACTING.get(level, ""))


def _declare(level: Level) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if level_of(view) is not None:
            message = f"{view.__name__} declares access twice."
            raise TypeError(message)
        view.access_level = level  # type: ignore[attr-defined]  # because a function takes any attribute
        return view

    return decorate


def writes(level: Level, *, because: str) -> Callable[[View], View]:
    """Declare who may change things through a view whose level is one to read by, and why that is right."""

    def decorate(view: View) -> View:
        view.writing_level = level  # type: ignore[attr-defined]  # because a function takes any attribute
        view.writing_because = because  # type: ignore[attr-defined]  # because a function takes any attribute
        return view

    return decorate


public = _declare(Level.PUBLIC)
begun = _declare(Level.BEGUN)
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
    view = request_view()
    safe = request.method in SAFE_METHODS
    reading = level_of(view)
    level = reading if safe or reading is None else writing_level_of(view)
    if level is None:
        abort(403)
    viewer = current_viewer()
    if allows(level, viewer):
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    if (stage := waiting_for()) is not None:
        return redirect(url_for(UNFINISHED[stage], next=target), 303)
    if not viewer.is_signed_in:
        return redirect(url_for("accounts.sign_in", next=target), 303)
    return abort(403)


def request_view() -> Callable[..., Any]:
    """Return the view function that answers this request."""
    return current_app.view_functions[str(request.endpoint)]


def guard(app: Flask) -> None:
    """Check access before each request; static files are public."""
    public(app.view_functions["static"])
    app.before_request(_check)
