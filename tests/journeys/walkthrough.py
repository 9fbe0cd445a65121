"""Simulated users who operate the site by mouse or by keyboard alone, and check each page that they open."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, Response

from tests import factories

MAX_TAB_STOPS = 250
HAS_VISIBLE_FOCUS = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const drawn = [it, it.closest("label"), it.closest(".ds-field")].filter(one => one).map(one => getComputedStyle(one));
    const marked = drawn.some(style => style.outlineStyle !== "none" || style.boxShadow !== "none");
    return marked && box.bottom > 0 && box.top < innerHeight && box.width > 0;
}"""


@dataclass
class BrowserUser:
    """A user with a mouse. Runs `check_page` on every page that opens and fails on HTTP errors."""

    page: Page
    locale: str
    check_page: Callable[[Page], None]
    http_errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._record_error)

    def _record_error(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status != 422:  # 422 is the expected answer to an invalid form
            self.http_errors.append(f"{answer.status} {answer.request.method} {answer.url}")

    def check_current_page(self) -> None:
        """Check the current page: no HTTP errors, the right language, and `check_page`."""
        self.page.wait_for_load_state("load")
        assert self.http_errors == []
        assert self.page.locator("html").get_attribute("lang") == self.locale
        self.check_page(self.page)

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.check_current_page()

    def press(self, target: str | Locator) -> None:
        """Activate a link or button and check the page it leads to."""
        element = self.page.locator(target).first if isinstance(target, str) else target
        with self.page.expect_navigation():
            self.activate(element)
        self.check_current_page()

    def activate(self, target: Locator) -> None:
        target.click()

    def follow(self, end: str) -> None:
        """Follow the first visible link in the main content whose URL ends with `end`."""
        self.press(self.page.locator(f'main a[href$="{end}"]').locator("visible=true").first)

    def submit(self, button: str = "main form button[data-color=multe]") -> None:
        self.press(button)

    def choose_language(self) -> None:
        """Select the language of this walkthrough with the language links."""
        if self.page.locator("html").get_attribute("lang") != self.locale:
            self.activate(self.page.locator(f".tools [data-language][lang={self.locale}]"))

    def sign_in(self, email: str, password: str = factories.PASSWORD) -> None:
        self.page.goto("/sign-in")
        self.choose_language()
        self.fill(email=email, password=password)
        self.submit()
        assert self.page.url.endswith("/home")

    def fill(self, **values: object) -> None:
        """Fill in fields by name, each according to its input type."""
        for name, value in values.items():
            element = self.page.locator(f'[name="{name}"]')
            self.reveal(element.first)
            kind = element.first.evaluate("item => item.type")
            if kind in {"checkbox", "radio"}:
                for one in value if isinstance(value, list) else [value]:
                    self.tick(element.and_(self.page.locator(f'[value="{"yes" if one is True else one}"]')))
            elif kind == "select-one":
                self.choose(element, str(value))
            else:
                self.write(element, "\n".join(value) if isinstance(value, list) else str(value))

    def reveal(self, field: Locator) -> None:
        """Open the collapsed `<details>` around a field, the outermost first."""
        for _level in range(field.locator("xpath=ancestor::details[not(@open)]").count()):
            self.activate(field.locator("xpath=ancestor::details[not(@open)][last()]/summary"))

    def tick(self, box: Locator) -> None:
        """Select a checkbox or radio button."""
        self.reveal(box)
        self.check(box)

    def check(self, box: Locator) -> None:
        box.check()

    def choose(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)


class KeyboardUser(BrowserUser):
    """A user without a mouse. Every target must be reachable with Tab, on screen, and have a visible focus indicator."""

    def tab_until(self, is_reached: Callable[[], bool], name: str) -> None:
        for _stop in range(MAX_TAB_STOPS):
            if is_reached():
                self.page.wait_for_function(HAS_VISIBLE_FOCUS)  # scrolling to the element takes time
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not reach {name} on {self.page.url}")

    def tab_to(self, target: Locator) -> None:
        element = target.element_handle()
        self.tab_until(
            lambda: bool(self.page.evaluate("it => document.activeElement === it", element)), str(target)
        )

    def activate(self, target: Locator) -> None:
        self.tab_to(target)
        self.page.keyboard.press("Enter")

    def check(self, box: Locator) -> None:
        if box.is_checked():
            return
        if box.get_attribute("type") == "checkbox":
            self.tab_to(box)
            self.page.keyboard.press("Space")
            return
        name, element = box.get_attribute("name"), box.element_handle()
        self.tab_until(
            lambda: bool(self.page.evaluate("name => document.activeElement.name === name", name)), str(box)
        )
        self.page.keyboard.press("Space")
        for _choice in range(20):
            if self.page.evaluate("it => it.checked", element):
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"the arrow keys do not select {box}")

    def choose(self, field: Locator, value: str) -> None:
        self.tab_to(field)
        steps = field.evaluate(
            "(it, value) => [...it.options].findIndex(one => one.value === value) - it.selectedIndex", value
        )
        for _step in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert field.input_value() == value

    def write(self, field: Locator, text: str) -> None:
        self.tab_to(field)
        if field.get_attribute("type") == "date":
            day = dt.date.fromisoformat(text)
            for digits in (f"{day:%m%d%Y}", f"{day:%d%m%Y}"):  # the order depends on the browser's locale
                self.page.keyboard.type(digits)
                if field.input_value() == text:
                    return
                self.page.keyboard.press("ArrowLeft")
                self.page.keyboard.press("ArrowLeft")
            pytest.fail(f"{text} cannot be typed into {field}")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
