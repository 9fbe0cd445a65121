"""Idempotent form handling: double clicks, resubmits after Back and retried requests are processed once.

The idempotency key is a hash of the form's CSRF token (new with every page, bound to the session), URL and content;
a form that is changed before it is sent again has another key. The key is inserted in the transaction that makes
the change (`core.request_state`), so neither a second process nor a crash can separate the two.
"""

import base64
import functools
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, flash, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response

from marketplace.core import request_state
from marketplace.core.errors import AlreadyProcessed, MarketplaceError
from marketplace.core.i18n import gettext as _
from marketplace.web import flashes
from marketplace.web.viewer import current_viewer

WAIT_SECONDS = 3.0
POLL_SECONDS = 0.05
EXCLUDED_FIELDS = {"csrf_token"}

REPEATABLE = {
    "accounts": "signing in and out, passwords and one-time links follow rules of their own for each request",
    "pages.choose_language": "it sets a value",
    "pages.save_draft": "autosave sets values of the user's own draft",
    "pages.discard_draft": "it deletes the user's own draft",
    "organisations.choose": "switching organisation sets a value, also when repeated from the same page",
    "organisations.edit_company": "it sets values, with an optimistic lock against a colleague's changes",
    "organisations.admin_garden": "it sets values, with an optimistic lock against another administrator's changes",
    "organisations.admin_garden_active": "it sets a value",
    "mandates.start_writing": "it sets a value",
    "mandates.stop_writing": "it sets a value",
    "outbox.mark_read": "it sets a value",
    "suppliers.profile_pause": "it sets a value",
    "suppliers.profile_section": "it sets values, with an optimistic lock against a colleague's changes",
    "suppliers.case_edit": "it sets values, with an optimistic lock against a colleague's changes",
    "briefs.topic": "autosave sets values, with an optimistic lock against a colleague's changes",
    "proposals.edit": "autosave sets values, with a revision number against a colleague's changes",
    "proposals.scores": "it sets values",
    "programme.attendance": "marks have keys, and one that is sent again is skipped",
    "programme.attendance_by_link": "marks have keys, and one that is sent again is skipped",
}
"""Blueprints and endpoints that process a repeated form again, each with the reason."""


def register(app: Flask) -> None:
    """Make each view that accepts POST idempotent, except the repeatable ones."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not is_repeatable(rule.endpoint):
            view = app.view_functions[rule.endpoint]
            if not is_idempotent(view):
                app.view_functions[rule.endpoint] = idempotent(view)


def is_repeatable(endpoint: str) -> bool:
    """Return True if a repeated form is processed again by this endpoint."""
    return endpoint in REPEATABLE or endpoint.split(".", maxsplit=1)[0] in REPEATABLE


def is_idempotent(view: Callable[..., Any]) -> bool:
    """Return True if a view processes each form once."""
    return bool(getattr(view, "is_idempotent", False))


def idempotent(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a view so that a repeated form gets the first response again instead of being processed again."""

    @functools.wraps(view)
    def process_once(*args: Any, **kwargs: Any) -> Any:
        token = request.form.get("csrf_token", "") if request.method == "POST" else ""
        if not token:
            return view(*args, **kwargs)
        form_id = _form_id(token)
        if request_state.find_processed_form(form_id) is not None:
            return _replay_answer(form_id, token)
        was_anonymous = not current_viewer().is_signed_in
        with request_state.claim(form_id) as key:
            try:
                answer = make_response(view(*args, **kwargs))
            except AlreadyProcessed:
                return _replay_answer(form_id, token)
            except MarketplaceError:
                # A rule may have refused the form because another process has just processed the same one.
                if not key.is_committed and request_state.find_processed_form(form_id) is not None:
                    return _replay_answer(form_id, token)
                if key.is_committed:
                    request_state.release(form_id)
                raise
        if not key.is_committed:
            processed = request_state.find_processed_form(form_id)
            return answer if processed is None else _replay_answer(form_id, token)
        if 300 <= answer.status_code < 400:  # noqa: PLR2004 because every successful form redirects (3xx)
            stored = _serialize(answer, was_anonymous=was_anonymous)
            request_state.store_answer(form_id, _encrypt(token, stored))
        else:
            request_state.release(form_id)
        return answer

    process_once.is_idempotent = True  # type: ignore[attr-defined]  # because a function takes any attribute
    return process_once


def _form_id(token: str) -> str:
    """Return the idempotency key of the submitted form."""
    content = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in EXCLUDED_FIELDS
    )
    files = sorted(
        (name, upload.filename, hashlib.file_digest(upload.stream, "sha256").hexdigest())  # type: ignore[arg-type]  # because the stubs ask for a raw file
        for name, upload in request.files.items(multi=True)
    )
    for upload in request.files.values():
        upload.stream.seek(0)
    identity = json.dumps([token, request.full_path, content, files])
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()


def _serialize(answer: Response, *, was_anonymous: bool) -> dict[str, Any]:
    """Return the parts of a response that are replayed: redirect target, flashed messages, a new sign-in."""
    return {
        "location": answer.headers.get("Location", ""),
        "flashes": session.get("_flashes", []),
        "sign_in": session.get("_user_id") if was_anonymous else None,
    }


def _fernet(token: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"taken form:" + token.encode()).digest()))


def _encrypt(token: str, stored: dict[str, Any]) -> str:
    return _fernet(token).encrypt(json.dumps(stored).encode()).decode("ascii")


def _replay_answer(form_id: str, token: str) -> Response:
    """Repeat the first response, waiting briefly until it is stored.

    If it never is, because the first request crashed after its commit, redirect with a generic message.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    form = request_state.find_processed_form(form_id)
    while form is not None and form.answer is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        form = request_state.find_processed_form(form_id)
    try:
        stored = json.loads(_fernet(token).decrypt(form.answer)) if form and form.answer else None
    except InvalidToken:
        stored = None
    if stored is None:
        flashes.note(_("You have already sent this, and it has been processed."))
        return redirect(url_for("pages.home" if current_viewer().is_signed_in else "pages.front"), 303)
    session.pop("_flashes", None)
    for category, message in stored["flashes"]:
        flash(message, category)
    if stored["sign_in"] and not current_viewer().is_signed_in:
        session["_user_id"], session["_fresh"] = stored["sign_in"], True
    return redirect(stored["location"], 303)
