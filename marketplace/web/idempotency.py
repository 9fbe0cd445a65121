"""A form that is sent twice is taken once: a double click, "back" and again, a request that the network repeats.

The key is the form's CSRF token, which is new with every page and bound to the session. Token, address and content
together name the form; what is changed before it is sent again is another form. That it is taken is written in the
transaction that does what it asks for (`core.traffic`), so neither a second process nor a crash can part the two.
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
from marketplace.core.errors import MarketplaceError, Repeated
from marketplace.core.i18n import gettext as _
from marketplace.web import flashes
from marketplace.web.viewer import current_viewer

WAIT_SECONDS = 3.0
PAUSE_SECONDS = 0.05
NOT_CONTENT = {"csrf_token"}

REPEATABLE = {
    "accounts": "signing in and out, passwords and links that work once: each is answered anew, by its own rules",
    "organisations.choose": "for whom one acts is set, as often as one likes, also from the same page",
    "organisations.edit_company": "it sets what stands, and sees a colleague's change by its mark",
    "organisations.admin_garden": "it sets what stands, and sees another's change by its mark",
    "organisations.admin_garden_active": "it sets what stands",
    "outbox.mark_read": "it sets what stands",
    "suppliers.profile_pause": "it sets what stands",
    "suppliers.profile_section": "it sets what stands, and sees a colleague's change by its mark",
    "suppliers.case_edit": "it sets what stands, and sees a colleague's change by its mark",
    "briefs.topic": "it sets what stands, by itself while one writes, and sees a colleague's change by its marks",
    "proposals.edit": "it sets what stands, by itself while one writes, and sees a colleague's change by its revision",
    "proposals.scores": "it sets what stands",
}
"""Blueprints and views that take the same form again, and why that is right."""


def register(app: Flask) -> None:
    """Let each view that a form is sent to take it once, but for those that may well take it again."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not is_repeatable(rule.endpoint):
            view = app.view_functions[rule.endpoint]
            if not takes_once(view):
                app.view_functions[rule.endpoint] = _per_form(view)


def is_repeatable(endpoint: str) -> bool:
    """Say whether a form may be taken as often as it comes."""
    return endpoint in REPEATABLE or endpoint.split(".", maxsplit=1)[0] in REPEATABLE


def takes_once(view: Callable[..., Any]) -> bool:
    """Say whether a view takes each form once."""
    return bool(getattr(view, "takes_once", False))


def _per_form(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def taken_once(*args: Any, **kwargs: Any) -> Any:
        token = request.form.get("csrf_token", "") if request.method == "POST" else ""
        if not token:
            return view(*args, **kwargs)
        form_id = _name_of(token)
        if request_state.find_taken(form_id) is not None:
            return _answer_again(form_id, token)
        was_anonymous = not current_viewer().is_signed_in
        with request_state.claimed(form_id) as claim:
            try:
                answer = make_response(view(*args, **kwargs))
            except Repeated:
                return _answer_again(form_id, token)
            except MarketplaceError:
                # A rule that says no may do so because the same form has just been taken by another process.
                if not claim.is_kept and request_state.find_taken(form_id) is not None:
                    return _answer_again(form_id, token)
                if claim.is_kept:
                    request_state.give_back(form_id)
                raise
        if not claim.is_kept:
            return answer if request_state.find_taken(form_id) is None else _answer_again(form_id, token)
        if 300 <= answer.status_code < 400:  # noqa: PLR2004 because 3xx sends on to what was done
            request_state.keep_answer(form_id, _seal(token, _kept(answer, was_anonymous=was_anonymous)))
        else:
            request_state.give_back(form_id)
        return answer

    taken_once.takes_once = True  # type: ignore[attr-defined]  # because a function takes any attribute
    return taken_once


def _name_of(token: str) -> str:
    """Return the name of the form that is sent."""
    content = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in NOT_CONTENT
    )
    named = json.dumps([token, request.full_path, content])
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()


def _kept(answer: Response, *, was_anonymous: bool) -> dict[str, Any]:
    """Return what must be remembered to answer again: where to, what was said, and a sign-in that came with it."""
    return {
        "location": answer.headers.get("Location", ""),
        "flashes": session.get("_flashes", []),
        "sign_in": session.get("_user_id") if was_anonymous else None,
    }


def _box(token: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"taken form:" + token.encode()).digest()))


def _seal(token: str, kept: dict[str, Any]) -> str:
    return _box(token).encrypt(json.dumps(kept).encode()).decode("ascii")


def _answer_again(form_id: str, token: str) -> Response:
    """Answer as the first time, once that answer is known; after a crash in between, say that it is done."""
    until = time.monotonic() + WAIT_SECONDS
    found = request_state.find_taken(form_id)
    while found is not None and found.answer is None and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
        found = request_state.find_taken(form_id)
    try:
        kept = json.loads(_box(token).decrypt(found.answer)) if found and found.answer else None
    except InvalidToken:
        kept = None
    if kept is None:
        flashes.note(_("You have already sent this, and it has been processed."))
        return redirect(url_for("pages.home" if current_viewer().is_signed_in else "pages.front"), 303)
    session.pop("_flashes", None)
    for category, message in kept["flashes"]:
        flash(message, category)
    if kept["sign_in"] and not current_viewer().is_signed_in:
        session["_user_id"], session["_fresh"] = kept["sign_in"], True
    return redirect(kept["location"], 303)
