"""A real browser on a served application. `chromium` (tests/conftest.py) finds it, or skips."""

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server

from marketplace.core import clock

PHONE, DESK = 390, 1280
NARROWEST = 320
PATIENCE_MS = 60_000
"""A busy machine is slow, and the first page that ranks loads a library."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def launched(chromium: str) -> Iterator[Chromium]:
    """One Chromium for the run; each person has a context of their own."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        opened = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield opened
        opened.close()


@dataclass
class Calendar:
    """How far ahead of the real time the served application lives: `calendar.ahead += dt.timedelta(days=20)`."""

    ahead: dt.timedelta = dt.timedelta()

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def address(app: Flask, calendar: Calendar) -> Iterator[str]:
    """Serve the test's application; returns where."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not calendar.ahead:
            return app(environ, start_response)
        with clock.as_of(calendar.now):
            return app(environ, start_response)

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def is_complaint(message: ConsoleMessage) -> bool:
    """Say whether a console message is an error; a form sent back for mending (422) is none."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture
def person(launched: Chromium, address: str) -> Iterator[Callable[..., Page]]:
    """Give a person a browser: `person(width=PHONE, dark=True, script=False)`.

    Anything the browser complains about on the way, a refused style among it, fails the test at its end.
    """
    complaints: list[str] = []
    with ExitStack() as opened:

        def open_browser(*, width: int = DESK, dark: bool = False, script: bool = True) -> Page:
            context: BrowserContext = launched.new_context(
                base_url=address,
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                locale="nb-NO",
                reduced_motion="reduce",
            )
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            page.on("console", lambda message: is_complaint(message) and complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            return page

        yield open_browser
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Look at a page with axe; fails with what it finds."""
    tool = Axe()

    def look(page: Page) -> None:
        results = tool.run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return look


@pytest.fixture(scope="session")
def fits() -> Callable[[Page], None]:
    """Fail when a page must be pushed sideways to be read; names what sticks out."""

    def measure(page: Page) -> None:
        found: dict[str, Any] = page.evaluate(
            """() => {
                const wide = document.documentElement.clientWidth
                const out = [...document.querySelectorAll("body *")]
                    .filter(item => item.getBoundingClientRect().right > wide + 1)
                    .map(item => item.outerHTML.slice(0, 120))
                return {over: document.documentElement.scrollWidth - wide, out: out.slice(0, 5)}
            }"""
        )
        assert found["over"] <= 0, f"{page.url} is {found['over']} px too wide: {found['out']}"

    return measure
