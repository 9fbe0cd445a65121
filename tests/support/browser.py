"""Test client that checks every HTML page it receives and runs each request in its own context."""

import contextvars
import itertools
import re
import secrets
from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.test import TestResponse

from marketplace.accounts import use_cases as accounts
from marketplace.core import clock
from marketplace.core.database import db
from marketplace.core.viewer import Viewer
from marketplace.web.form_recovery.submission import new_token_secret
from tests.support.page_rules import HtmlPage, check_page

_pages = itertools.count()


class _DistinctTimestampSigner(TimestampSigner):
    """Signer with a different timestamp for each page, so that each page has its own CSRF token."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp()) - next(_pages) % 300 * 61


def comparable_html(html: str, *known: str) -> str:
    """Return a page without its CSRF tokens, which differ by the second, and without texts that the visitor knows."""
    for text in known:
        html = html.replace(text, "").replace(text.replace("/", "%2F"), "")
    return re.sub(r'name="csrf_token"[^>]*', "", html)


FORM_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


class Browser(FlaskClient):
    """Test client of one user.

    - Every HTML page is checked against the page rules (tests/support/page_rules.py), unless `check_pages` is False.
    - A POST request carries the CSRF token that its page would have contained; `csrf=False` leaves it out.
    - A request runs in its own context, as on a server: objects loaded by a test and a sign-in do not leak into it.
      Rows that the test has added are committed before the request, and reloaded after it.
    """

    check_pages = True

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        method = str(kwargs.get("method", "GET")).upper()
        if csrf and method in FORM_METHODS:
            data = kwargs.get("data")
            if data is None or isinstance(data, Mapping):
                kwargs["data"] = {"csrf_token": self.csrf_token(), **(data or {})}
        if has_app_context():
            db.session.commit()
        kwargs.setdefault("buffered", True)  # a streamed body needs the context of the request
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        is_redirect = 300 <= response.status_code < 400
        if (
            self.check_pages
            and not is_redirect
            and response.mimetype == "text/html"
            and method != "HEAD"
            and response.data
        ):
            check_page(response.text, response.request.full_path)
        return response

    def csrf_token(self) -> str:
        """Return the CSRF token that a form on a new page in this session would contain."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        signing = {"signer": _DistinctTimestampSigner, "salt": "wtf-csrf-token"}
        return str(URLSafeTimedSerializer(str(self.application.secret_key), **signing).dumps(raw))  # type: ignore[arg-type]  # because the mapping has values of both types

    def sign_in(self, user_id: int) -> "Browser":
        """Sign a user in, with a session row as the sign-in pages create it. Returns this browser."""
        if has_app_context():
            db.session.commit()
        with self.application.app_context():
            token = accounts.open_session(user_id, "test", code_verified=True)
        with self.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
            cookie["csrf_token"] = new_token_secret(user_id)
        return self

    def page(self, path: str, status: int = 200) -> HtmlPage:
        """Open a page, following redirects, and return it parsed. Fails on another status."""
        response = self.get(path, follow_redirects=True)
        assert response.status_code == status, (
            f"{path} answered {response.status_code}:\n{response.text[:2000]}"
        )
        return HtmlPage(response.text)


def signed_in(app: Flask, viewer: Viewer) -> Browser:
    """Return a browser in which a viewer is signed in."""
    return cast("Browser", app.test_client()).sign_in(viewer.user_id or 0)
