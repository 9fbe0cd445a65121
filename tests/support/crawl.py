"""Crawler that finds every page, link and form that a user can reach."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask, Request
from sqlalchemy import select
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.demo import people
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of
from tests.support.sampling import Sampling

ROLES = {
    "anonymous": "",
    "company": people.COMPANY["email"],
    "supplier": people.SUPPLIER["email"],
    "curator": people.GARDEN["email"],
    "administrator": people.ADMINISTRATOR["email"],
}
ROLE_CHANGING_PATHS = ("/sign-out", "/language/")
TEXT_TYPES = {"text", "email", "password", "search", "tel", "url", "number", "date", "month", "textarea"}


@dataclass(frozen=True, slots=True)
class Field:
    """A form field. `values` are submitted if the field is not changed; `offered` are the values of its choices."""

    name: str
    kind: str
    values: tuple[str, ...]
    offered: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.kind in TEXT_TYPES


@dataclass(frozen=True, slots=True)
class Form:
    """A form and the path of its page. `buttons` are (name, value) of its submit buttons."""

    page: str
    action: str
    method: str
    fields: tuple[Field, ...]
    buttons: tuple[tuple[str, str], ...]

    def default_data(self) -> dict[str, list[str]]:
        """Return the data that a browser submits if nothing is filled in or changed."""
        sent: dict[str, list[str]] = {}
        for item in self.fields:
            if item.values:
                sent.setdefault(item.name, []).extend(item.values)
        return sent


@dataclass
class Crawl:
    """Result of a crawl: pages by path, the page on which each link was first seen, and the errors.

    `unread` are the links with parameters that the page they lead to does not read.
    """

    pages: dict[str, HtmlPage] = field(default_factory=dict)
    seen_on: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def forms(self) -> Iterator[Form]:
        """Yield the forms of all pages."""
        for path, page in self.pages.items():
            yield from forms_on(page, path)


class _RecordedParameters(ImmutableMultiDict[str, Any]):
    """Parameters of a request that remember which names a view has asked for."""

    names_read: set[str] = set()  # noqa: RUF012 because it is replaced for each recording

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.names_read.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        self.names_read.add(key)
        return super().getlist(key, *args, **kwargs)

    def __contains__(self, key: object) -> bool:
        self.names_read.add(str(key))
        return super().__contains__(key)


class _RecordingRequest(Request):
    parameter_storage_class = _RecordedParameters


@contextmanager
def recorded_parameters(app: Flask) -> Iterator[set[str]]:
    """Record the names of the parameters that views read in the block."""
    former, names = app.request_class, set[str]()
    app.request_class, _RecordedParameters.names_read = _RecordingRequest, names
    try:
        yield names
    finally:
        app.request_class = former


START = ("/", "/?q=selge+ost+p%C3%A5+nett&place=5021", "/suppliers?q=nettbutik", "/home")


MAX_VARIANTS, SAMPLED_OBJECTS, ONE_OBJECT_IN = 3, 1, 10


def crawl(
    browser: Browser,
    start: Iterable[str] = START,
    sampling: Sampling | None = None,
    former: Crawl | None = None,
) -> Crawl:
    """Follow all links from the start pages.

    At most three URLs are visited that differ only in the values of their query string. Error responses are added to
    `errors`, with the page that links to them.

    With a sampling, the pages of the first object of each route are visited, one in ten of the others, and all to
    which a former crawl found no link, with one variant of each query string.
    """
    browser.check_pages = False
    result = Crawl()
    waiting = deque(start)
    visits: Counter[tuple[str, tuple[str, ...]]] = Counter()
    objects: dict[str | None, set[str]] = {}
    result.seen_on = dict.fromkeys(waiting, "the start")
    while waiting:
        path = waiting.popleft()
        parts = urlsplit(path)
        kind = (parts.path, tuple(sorted({name for name, _value in parse_qsl(parts.query)})))
        visits[kind] += 1
        if parts.query and visits[kind] > _max_variants(sampling):
            continue
        route = endpoint_of(browser, path, "get")
        of_route = objects.setdefault(route, set())
        is_excess = route is not None and len(of_route) >= SAMPLED_OBJECTS and parts.path not in of_route
        is_known = former is None or path in former.seen_on
        if sampling and is_excess and is_known and not sampling.includes(parts.path, ONE_OBJECT_IN):
            continue
        of_route.add(parts.path)
        with recorded_parameters(browser.application) as names_read:
            answer = browser.get(path, follow_redirects=True)
        unread = {name for name, _value in parse_qsl(parts.query)} - names_read
        if unread and not answer.request.path.startswith("/sign-in") and result.seen_on[path] != "the start":
            result.unread.append(f"{path}, linked from {result.seen_on[path]}, ignores {sorted(unread)}")
        if answer.status_code >= 400:
            result.errors.append(f"{path} answered {answer.status_code}, linked from {result.seen_on[path]}")
            continue
        if answer.mimetype != "text/html":
            continue
        path = answer.request.full_path.rstrip("?")  # the path after redirects
        if path in result.pages:
            continue
        page = HtmlPage(answer.text)
        result.pages[path] = page
        for target in paths_on(page, path):
            if target not in result.seen_on and not target.startswith(ROLE_CHANGING_PATHS):
                result.seen_on[target] = path
                waiting.append(target)
    return result


def _max_variants(sampling: Sampling | None) -> int:
    return 1 if sampling and not sampling.exhaustive else MAX_VARIANTS


def paths_on(page: HtmlPage, path: str) -> Iterator[str]:
    """Yield the paths on this site that the links and GET forms of a page lead to."""
    for link in page.all("a"):
        target = local_path(link.get("href", ""), path)
        if target:
            yield target
    for form in forms_on(page, path):
        if form.method == "get":
            yield f"{form.action}?{urlencode(form.default_data(), doseq=True)}"


def local_path(href: str, path: str) -> str:
    """Return the path and query string of a link on this site, without fragment; empty for external links."""
    parts = urlsplit(urljoin(f"http://localhost{path}", href))
    if parts.scheme not in {"http", "https"} or parts.netloc != "localhost":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def forms_on(page: HtmlPage, path: str) -> Iterator[Form]:
    """Yield the forms of a page."""
    for form in page.all("form"):
        action = local_path(form.get("action") or path, path)
        fields = tuple(item for element in form.iter() for item in _field(element))
        buttons = tuple(
            (button.get("name", ""), button.get("value", ""))
            for button in form.iter("button")
            if button.get("type", "submit") == "submit" and "formaction" not in button.attrib
        )
        yield Form(path, action, form.get("method", "get").lower(), fields, buttons)


def _field(element: Element) -> Iterator[Field]:
    name = element.get("name")
    if not name or element.tag not in {"input", "select", "textarea"}:
        return
    if element.tag == "textarea":
        yield Field(name, "textarea", ((element.text or "").removeprefix("\n"),))
    elif element.tag == "select":
        options = [
            (option.get("value", text_of(option)), "selected" in option.attrib)
            for option in element.iter("option")
        ]
        chosen = tuple(value for value, selected in options if selected) or tuple(
            value for value, _selected in options[:1]
        )
        yield Field(name, "select", chosen, tuple(value for value, _selected in options))
    else:
        kind, value = element.get("type", "text"), element.get("value", "")
        if kind in {"checkbox", "radio"}:
            yield Field(name, kind, (value,) if "checked" in element.attrib else (), (value,))
        else:
            yield Field(name, kind, (value,))


def endpoint_of(browser: Browser, path: str, method: str) -> str | None:
    """Return the endpoint of a path, or None if no route matches."""
    adapter = browser.application.url_map.bind("localhost")
    try:
        endpoint, _values = adapter.match(urlsplit(path).path, method=method.upper())
    except (RequestRedirect, HTTPException):
        return None
    return str(endpoint)


def displayed_errors(page: HtmlPage) -> list[str]:
    """Return the error messages displayed on a page after a form was submitted."""
    shown = [item for item in page.all() if re.search(r"\bfield-error\b", item.get("class", ""))]
    for summary in page.all():
        if "error-summary" in summary.get("class", "").split():
            shown += list(summary.iter("li")) or list(summary.iter("p"))
    return [text_of(item) for item in shown]


def sign_in(app: Flask, role: str, locale: str = "nb") -> Browser:
    """Return a browser that is signed in as the demo user of a role, in a language."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.set_cookie("locale", locale)
    email = ROLES[role]
    if email:
        browser.sign_in(session.scalars(select(User.id).where(User.email == email)).one())
    return browser
