"""Crawl every linked page as each demo user: status, page rules, language, leaks and hostile query strings."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import session
from marketplace.organisations.models import BusinessGarden, Organisation
from marketplace.suppliers.models import Supplier
from tests.support.crawl import ROLES, Crawl, crawl, endpoint_of, sign_in
from tests.support.page_rules import HtmlPage, page_violations
from tests.support.sampling import Sampling

# One language for each role, so that the run covers all languages.
LANGUAGE = {"anonymous": "en", "company": "nb", "supplier": "nn", "curator": "nn", "administrator": "en"}
MIN_PAGES = 40
_paths: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
"""Paths of the pages and targets of the links that a crawl found, by database and role: two tests need them."""


def crawl_demo(app: Flask, role: str, sampling: Sampling) -> Crawl:
    """Crawl the demo data as a user of a role, in the role's language, and save the paths."""
    found = crawl(sign_in(app, role, LANGUAGE[role]), sampling=sampling)
    _paths[app.config["SETTINGS"].database_url, role] = (list(found.pages), list(found.seen_on))
    return found


def demo_paths(app: Flask, role: str, sampling: Sampling) -> tuple[list[str], list[str]]:
    """Return the paths of the pages and the targets of the links that a role finds; crawl unless that has been done."""
    key = (app.config["SETTINGS"].database_url, role)
    if key not in _paths:
        crawl_demo(app, role, sampling)
    return _paths[key]


MIN_KINDS = 10


@pytest.mark.slow
@pytest.mark.sample(2, key="roles of crawls", split=True)
@pytest.mark.parametrize("role", ROLES)
def test_links_work_and_pages_follow_page_rules(demo_app: Flask, role: str, sampling: Sampling) -> None:
    browser, found = sign_in(demo_app, role, LANGUAGE[role]), crawl_demo(demo_app, role, sampling)
    wrong = found.errors + found.unread
    for path, page in found.pages.items():
        wrong += [f"{path}: {broken}" for broken in page_violations(page)]
        language = page.one("html").get("lang")
        if language != LANGUAGE[role]:
            wrong.append(f"{path} is in {language}")
    wrong += {
        f"{form.page} has a form with an unknown action {form.action}"
        for form in found.forms()
        if endpoint_of(browser, form.action, form.method) is None
    }
    browser.check_pages = False
    one_of_each = {endpoint_of(browser, path, "get"): path for path in found.pages}
    for path in one_of_each.values():
        head, options = browser.head(path), browser.options(path)
        if (head.status_code, options.status_code) != (200, 200):
            wrong.append(f"{path} answered HEAD {head.status_code}, OPTIONS {options.status_code}")
    assert not wrong, "\n".join(wrong)
    assert len(found.pages) > MIN_PAGES


@pytest.mark.slow
def test_public_pages_expose_no_contact_data_and_no_followed_links(
    demo_app: Flask, make_app: Callable[..., Flask], sampling: Sampling
) -> None:
    """Scrapers find no e-mail addresses or phone numbers, in demo mode too, and external links are `nofollow`."""
    known = set(session.scalars(select(User.email)))
    known |= set(session.scalars(select(Supplier.contact_email))) | set(
        session.scalars(select(BusinessGarden.email))
    )
    phones = set(session.scalars(select(Organisation.phone)))
    known.discard("")
    phones.discard("")
    assert len(known) > 50
    assert phones
    found = crawl(sign_in(make_app(demo=True), "anonymous", "nb"), sampling=sampling)
    wrong = []
    for path, page in found.pages.items():
        text = unescape(page.html)
        wrong += [f"{path}: {address}" for address in known | phones if address in text]
        wrong += [f"{path}: {address}" for address in re.findall(r"[\w.+-]+@[\w-]+\.\w+|mailto:|tel:", text)]
        for link in page.all("a"):
            if link.get("href", "").startswith("http") and link.get("rel") != "nofollow ugc noopener":
                wrong.append(f"{path}: {link.get('href')} with rel={link.get('rel')}")
    assert wrong == []
    assert "/sign-in" in found.pages


SAMPLED_HOSTILE_VALUES = 1
"""Number of hostile values for each kind of page in a sampled run."""
HOSTILE_VALUES = ("'\"><script>", "be\x00fore", "9" * 400, "-1", "sNaN", "\u202eæøå👩🏽‍🌾", "a" * 10_000)


@pytest.mark.slow
@pytest.mark.sample(2, key="roles of crawls", split=True)
@pytest.mark.parametrize("role", ROLES)
def test_hostile_query_strings_cause_no_server_error(demo_app: Flask, role: str, sampling: Sampling) -> None:
    browser = sign_in(demo_app, role, LANGUAGE[role])
    paths, links = demo_paths(demo_app, role, sampling)
    browser.check_pages = False
    names = {name for path in links for name, _value in parse_qsl(urlsplit(path).query)}
    one_of_each = {endpoint_of(browser, path, "get"): urlsplit(path).path for path in paths}
    wrong = []
    for path in one_of_each.values():
        for text in sampling.choose(HOSTILE_VALUES, SAMPLED_HOSTILE_VALUES, path):
            answer = browser.get(path, query_string=dict.fromkeys(names | {"page"}, text))
            if answer.status_code >= 500 or "><script>" in answer.text:
                wrong.append(f"{path} with {text[:20]!r} answered {answer.status_code}")
            elif answer.mimetype == "text/html" and answer.status_code == 200:
                wrong += [f"{path} with {text[:20]!r}: {broken}" for broken in HtmlPage(answer.text).errors]
    assert not wrong, "\n".join(wrong)
    assert len(one_of_each) > MIN_KINDS
