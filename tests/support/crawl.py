"""Finding all that a person can come to: every page that links lead to, every link, every form."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.demo import people
from tests.support.browser import Browser
from tests.support.page_rules import HtmlPage, text_of

ROLES = {
    "anonymous": "",
    "company": people.COMPANY["email"],
    "supplier": people.SUPPLIER["email"],
    "curator": people.GARDEN["email"],
    "administrator": people.ADMINISTRATOR["email"],
}
LEAVES_THE_ROLE = ("/sign-out", "/language/")
TEXT_TYPES = {"text", "email", "password", "search", "tel", "url", "number", "date", "month", "textarea"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form as it stands on the page. `values` is what sending it untouched would give."""

    name: str
    kind: str
    values: tuple[str, ...]
    offered: tuple[str, ...] = ()

    @property
    def is_text(self) -> bool:
        return self.kind in TEXT_TYPES


@dataclass(frozen=True, slots=True)
class Form:
    """A form, and the page it stands on. `buttons` are the (name, value) that it can be sent with."""

    page: str
    action: str
    method: str
    fields: tuple[Field, ...]
    buttons: tuple[tuple[str, str], ...]

    def untouched(self) -> dict[str, list[str]]:
        """Return what a browser sends when nothing is filled in or changed."""
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if one.values:
                sent.setdefault(one.name, []).extend(one.values)
        return sent


@dataclass
class Crawl:
    """What one person has come to: pages by address, and where each link was first seen."""

    pages: dict[str, HtmlPage] = field(default_factory=dict)
    seen_on: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def forms(self) -> Iterator[Form]:
        """Yield the forms of all pages."""
        for path, page in self.pages.items():
            yield from forms_on(page, path)


def crawl(browser: Browser, start: Iterable[str] = ("/", "/home"), most: int = 3) -> Crawl:
    """Follow all links from a few pages on. Addresses that differ only in their question are tried `most` times.

    What answers with an error is noted in `wrong`, with the page that leads there.
    """
    browser.check_pages = False
    found = Crawl()
    waiting = deque(start)
    asked: Counter[tuple[str, tuple[str, ...]]] = Counter()
    found.seen_on = dict.fromkeys(waiting, "the start")
    while waiting:
        path = waiting.popleft()
        parts = urlsplit(path)
        kind = (parts.path, tuple(sorted({name for name, _value in parse_qsl(parts.query)})))
        asked[kind] += 1
        if parts.query and asked[kind] > most:
            continue
        answer = browser.get(path, follow_redirects=True)
        if answer.status_code >= 400:
            found.wrong.append(f"{path} answered {answer.status_code}, linked from {found.seen_on[path]}")
            continue
        if answer.mimetype != "text/html":
            continue
        path = answer.request.full_path.rstrip("?")  # where redirects have led
        if path in found.pages:
            continue
        page = HtmlPage(answer.text)
        found.pages[path] = page
        for address in addresses_on(page, path):
            if address not in found.seen_on and not address.startswith(LEAVES_THE_ROLE):
                found.seen_on[address] = path
                waiting.append(address)
    return found


def addresses_on(page: HtmlPage, path: str) -> Iterator[str]:
    """Yield where a page's links and questions lead within the house."""
    for link in page.all("a"):
        address = within(link.get("href", ""), path)
        if address:
            yield address
    for form in forms_on(page, path):
        if form.method == "get":
            yield f"{form.action}?{urlencode(form.untouched(), doseq=True)}"


def within(href: str, path: str) -> str:
    """Return an address of the house without its anchor; an address elsewhere gives an empty text."""
    parts = urlsplit(urljoin(f"http://localhost{path}", href))
    if parts.scheme not in {"http", "https"} or parts.netloc != "localhost":
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def forms_on(page: HtmlPage, path: str) -> Iterator[Form]:
    for form in page.all("form"):
        action = within(form.get("action") or path, path)
        fields = tuple(one for element in form.iter() for one in _field(element))
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
            (one.get("value", text_of(one)), "selected" in one.attrib) for one in element.iter("option")
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
    """Return the name of the route that answers an address; None when there is none."""
    adapter = browser.application.url_map.bind("localhost")
    try:
        endpoint, _values = adapter.match(urlsplit(path).path, method=method.upper())
    except (RequestRedirect, HTTPException):
        return None
    return str(endpoint)


def displayed_errors(page: HtmlPage) -> list[str]:
    """Return what a page says is wrong with what was sent."""
    shown = [item for item in page.all() if re.search(r"\bfield-error\b", item.get("class", ""))]
    for summary in page.all():
        if "error-summary" in summary.get("class", "").split():
            shown += list(summary.iter("li")) or list(summary.iter("p"))
    return [text_of(item) for item in shown]


def sign_in(app: Flask, role: str, locale: str = "nb") -> Browser:
    """Open the browser of one of the demo's people, who reads a language."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.set_cookie("locale", locale)
    email = ROLES[role]
    if email:
        browser.sign_in(session.scalars(select(User.id).where(User.email == email)).one())
    return browser
