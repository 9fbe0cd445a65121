"""Visit one page of each kind that a demo user can reach in a browser."""

from collections import Counter, deque
from collections.abc import Iterator

from flask import Flask
from playwright.sync_api import Page

from tests.support.browser import Browser
from tests.support.crawl import ROLE_CHANGING_PATHS, endpoint_of, local_path

NOT_PAGES = frozenset({"static", "privacy.export", "programme.export_contact", "accounts.two_factor_qr"})
BY_TOPIC = frozenset({"briefs.topic", "briefs.help_page"})
DOWNLOADS = (".csv", ".ics", ".xlsx", ".pdf", ".md", ".json", ".yaml")


def sign_in_browser(client: Browser, page: Page) -> None:
    """Copy the session and locale cookies of a signed-in test client to a browser page."""
    for name in ("session", "locale"):
        cookie = client.get_cookie(name)
        if cookie is not None:
            page.context.add_cookies([{"name": name, "value": cookie.value, "url": "http://127.0.0.1"}])


def visit_each_kind(app: Flask, page: Page, per_kind: int = 1) -> Iterator[str]:
    """Open the first linked pages of each kind and yield the kind."""
    browser = app.test_client()
    queue = deque(["/home", "/"])
    seen = set(queue)
    visits: Counter[str] = Counter()
    while queue:
        path = queue.popleft()
        kind = endpoint_of(browser, path, "get")
        assert kind is not None, path
        if kind in BY_TOPIC:
            kind = f"{kind} {path.rpartition('/')[2]}"  # each topic has its own questions
        if kind in NOT_PAGES or path.partition("?")[0].endswith(DOWNLOADS) or visits[kind] >= per_kind:
            continue
        visits[kind] += 1
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        yield kind
        for href in page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        ):
            target = local_path(href, path)
            if target and target not in seen and not target.startswith(ROLE_CHANGING_PATHS):
                seen.add(target)
                queue.append(target)
