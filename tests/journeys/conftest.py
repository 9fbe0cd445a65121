"""Fixtures that serve the application and open it in Chromium. Skipped if Chromium is not installed."""

import datetime as dt
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import (
    Browser as Chromium,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from marketplace.core import clock

PHONE, DESKTOP = 390, 1280
MIN_WIDTH = 320
TIMEOUT_MS = 60_000
"""Generous: the machine may be busy, and the first page that ranks imports a large library."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def launched(chromium: str) -> Iterator[Chromium]:
    """Start one Chromium for the whole run. Each user gets a separate browser context."""
    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        opened = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        yield opened
        opened.close()


@dataclass
class Calendar:
    """Offset between real time and the time that the served application sees: `calendar.ahead += dt.timedelta(days=20)`."""

    ahead: dt.timedelta = dt.timedelta()

    @property
    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def address(app: Flask, calendar: Calendar) -> Iterator[str]:
    """Serve the application of the test and return its base URL."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with clock.as_of(calendar.now) if calendar.ahead else nullcontext():
            response = app(environ, start_response)
            # Read here, because Werkzeug does not close a static file if the browser drops the connection.
            try:
                return list(response)
            finally:
                getattr(response, "close", lambda: None)()

    server = make_server("127.0.0.1", 0, serve, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def is_error(message: ConsoleMessage) -> bool:
    """Return True if a console message is an error other than the expected 422 of an invalid form."""
    return message.type == "error" and "status of 422" not in message.text


@pytest.fixture
def person(launched: Chromium, address: str) -> Iterator[Callable[..., Page]]:
    """Open a browser page for one user: `person(width=PHONE, dark=True, script=False)`.

    Console errors and uncaught exceptions, such as a style blocked by the content policy, fail the test at teardown.
    """
    errors: list[str] = []
    with ExitStack() as opened:

        def open_browser(*, width: int = DESKTOP, dark: bool = False, script: bool = True) -> Page:
            context: BrowserContext = launched.new_context(
                base_url=address,
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                locale="nb-NO",
                reduced_motion="reduce",
            )
            opened.callback(context.close)
            context.set_default_timeout(TIMEOUT_MS)
            page = context.new_page()
            page.on("console", lambda message: is_error(message) and errors.append(message.text))
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield open_browser
    assert errors == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Return a function that fails if axe reports accessibility violations on a page."""
    tool = Axe()

    def check_accessibility(page: Page) -> None:
        results = tool.run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check_accessibility


@pytest.fixture(scope="session")
def fits() -> Callable[[Page], None]:
    """Return a function that fails if a page scrolls horizontally, and lists the elements that overflow."""

    def check_width(page: Page) -> None:
        overflow: dict[str, Any] = page.evaluate(
            """() => {
                const wide = document.documentElement.clientWidth
                const out = [...document.querySelectorAll("body *")]
                    .filter(item => item.getBoundingClientRect().right > wide + 1)
                    .map(item => item.outerHTML.slice(0, 120))
                return {over: document.documentElement.scrollWidth - wide, out: out.slice(0, 5)}
            }"""
        )
        assert overflow["over"] <= 0, f"{page.url} is {overflow['over']} px too wide: {overflow['out']}"

    return check_width
