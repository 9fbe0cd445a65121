"""Drafts of long forms: saved while a person types, and in the form again when its page is opened again.

A template marks a form with `draft_attribute()`; autosave.js then sends the changed fields to `POST /drafts`. Pages
are filled after their views have rendered them, so that no view needs to know of drafts. A draft is deleted when
its form is processed successfully, which every view answers with a redirect.
"""

import json
from typing import Any

from flask import Flask, abort, jsonify, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from marketplace.core import form_drafts as store
from marketplace.core.form_drafts import DraftContent, DraftOwner
from marketplace.core.i18n import format_time, gettext as _
from marketplace.core.text import clean_text
from marketplace.web.form_recovery import can_type_in, is_draft_form_on_page, restore_drafts
from marketplace.web.redirects import safe_path
from marketplace.web.viewer import current_viewer

LOCK_FIELDS = frozenset({"seen", "revision"})
ENDPOINTS = frozenset({"pages.save_draft", "pages.discard_draft"})
MARKER = b"data-draft="
OK, NOT_FOUND, TOO_LARGE = 200, 404, 413


def register(app: Flask) -> None:
    """Restore drafts on pages, delete them after successful forms. Register this after the compression of pages."""

    @app.after_request
    def handle_drafts(response: Response) -> Response:
        if request.endpoint in ENDPOINTS or request.endpoint == "static":
            return response
        if request.method == "GET" and response.status_code == OK and response.mimetype == "text/html":
            _restore(response)
        elif request.method == "POST" and _is_redirect(response) and (owner := _owner()):
            store.delete_draft(owner, request.path)
        return response

    app.jinja_env.globals["draft_attribute"] = _draft_attribute


def _is_redirect(response: Response) -> bool:
    """Return True for the answer to each form that was processed successfully."""
    return 300 <= response.status_code < 400  # noqa: PLR2004 because these are the redirects (3xx)


def _draft_attribute() -> Markup:
    """Return the attribute that marks a form with drafts: the text to show while saving fails.

    Forms that a secret link authorizes have no drafts: a draft is stored with the path of its form, which would reveal
    the token.
    """
    if not current_viewer().is_signed_in or "token" in (request.view_args or ()):
        return Markup("")
    text = _("Not saved. Check your connection, or sign in again in another window.")
    return Markup(' data-draft="{}"').format(text)


def _owner() -> DraftOwner | None:
    viewer = current_viewer()
    return None if viewer.user_id is None else DraftOwner(viewer.user_id, viewer.organisation_id or 0)


def _restore(response: Response) -> None:
    """Put the viewer's drafts into the forms of a page."""
    if response.is_streamed or MARKER not in response.get_data() or (owner := _owner()) is None:
        return
    page = response.get_data(as_text=True)
    restored = restore_drafts(
        page,
        request.full_path.rstrip("?"),
        lambda paths: store.find_drafts(owner, paths),
        lambda draft: render_template("components/draft_notice.html", draft=draft),
    )
    if restored != page:
        response.set_data(restored)


def save() -> tuple[Response, int]:
    """Save the changed fields of a form, which must be on a page that the viewer may open."""
    owner = _owner()
    path, pages, content = _read()
    if owner is None:
        abort(403)
    if not store.find_drafts(owner, (path,)) and not any(is_draft_form_on_page(path, page) for page in pages):
        message = _(
            "The page with the form no longer exists, or can no longer be changed. Copy the text if you need it."
        )
        return _answer(message, NOT_FOUND)
    saved_at = store.save_draft(owner, path, content)
    if saved_at is None:
        return _answer(_("The text is too long to be saved as a draft. Shorten it or send it."), TOO_LARGE)
    return _answer(_("Draft saved at %(time)s", time=format_time(saved_at)), OK)


def _answer(message: str, status: int) -> tuple[Response, int]:
    return jsonify(saved=message, ok=status == OK, seen=""), status


def _read() -> tuple[str, tuple[str, ...], DraftContent]:
    """Return the form's path, the pages it may be on, and the values of the draft in the request."""
    try:
        sent = json.loads(request.form.get("draft", ""))
        path, page, origin = (safe_path(sent.get(name)) for name in ("path", "page", "from"))
        values = {str(name): [_clean(value) for value in given] for name, given in sent["values"].items()}
        hidden = {str(name): _clean(value) for name, value in sent["hidden"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        abort(422)
    path = (path or "").partition("?")[0]
    if not path or len(path) > store.MAX_PATH:
        abort(422)
    content = DraftContent(
        {name: given for name, given in values.items() if can_type_in(name)},
        {name: value for name, value in hidden.items() if can_type_in(name)},
        {name: value for name, value in hidden.items() if name in LOCK_FIELDS},
    )
    return path, tuple(dict.fromkeys((page or path, origin or path))), content


def _clean(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return clean_text(value.encode("utf-8", "replace").decode()) or ""


def discard() -> None:
    """Delete the draft of a form."""
    if owner := _owner():
        store.delete_draft(owner, request.form.get("path", "")[: store.MAX_PATH])
