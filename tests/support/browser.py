"""A browser for tests: Flask's test client, in its own context, that looks at every page it is given."""

import contextvars
import itertools
import secrets
from collections.abc import Mapping
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from werkzeug.test import TestResponse

from marketplace.accounts import use_cases as accounts
from marketplace.core import clock
from marketplace.core.database import db
from tests.support.page_rules import HtmlPage, check_page

_pages = itertools.count()


class _EachSecond(TimestampSigner):
    """Signs as if a minute had gone by since the last page, as it may for people: each page has a token of its own."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp()) - next(_pages) % 300 * 61


FORM_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


class Browser(FlaskClient):
    """One person's browser.

    - Every HTML page is checked against the house's rules (tests/support/page_rules.py), unless `check_pages` is False.
    - A form sent by POST carries the CSRF token that its page would have given; `csrf=False` leaves it out.
    - A request runs in a context of its own, as it does on a server: what a test has loaded or signed in stays out.
      Rows that a test has added are committed before, and read anew after.
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
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        moved = 300 <= response.status_code < 400
        if (
            self.check_pages
            and not moved
            and response.mimetype == "text/html"
            and method != "HEAD"
            and response.data
        ):
            check_page(response.text, response.request.full_path)
        return response

    def csrf_token(self) -> str:
        """Return the token that a form on a newly opened page of this person's session would hold."""
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        signing = {"signer": _EachSecond, "salt": "wtf-csrf-token"}
        return str(URLSafeTimedSerializer(str(self.application.secret_key), **signing).dumps(raw))  # type: ignore[arg-type]  # because the mapping holds both kinds

    def sign_in(self, user_id: int) -> "Browser":
        """Sign a person in, with a session row as the sign-in pages make it. Returns this browser."""
        if has_app_context():
            db.session.commit()
        with self.application.app_context():
            token = accounts.open_session(user_id, "test", code_verified=True)
        with self.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return self

    def page(self, path: str, status: int = 200) -> HtmlPage:
        """Go to a page, following redirects, and return it read; fails on another status."""
        response = self.get(path, follow_redirects=True)
        assert response.status_code == status, (
            f"{path} answered {response.status_code}:\n{response.text[:2000]}"
        )
        return HtmlPage(response.text)
