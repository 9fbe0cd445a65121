"""A person at a browser, with a mouse or with the keyboard alone, who looks at each page she is given."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, Response

from tests import factories

MOST_STOPS = 250
SHOWN = """() => {
    const it = document.activeElement, box = it.getBoundingClientRect();
    const drawn = [it, it.closest("label"), it.closest(".ds-field")].filter(one => one).map(one => getComputedStyle(one));
    const marked = drawn.some(style => style.outlineStyle !== "none" || style.boxShadow !== "none");
    return marked && box.bottom > 0 && box.top < innerHeight && box.width > 0;
}"""


@dataclass
class Walker:
    """A person at a browser, who looks at each page she is given."""

    page: Page
    locale: str
    look: Callable[[Page], None]
    answers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", self._note)

    def _note(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status != 422:  # a form sent back to be mended
            self.answers.append(f"{answer.status} {answer.request.method} {answer.url}")

    def arrive(self) -> None:
        """Look at the page, wherever it is."""
        self.page.wait_for_load_state("load")
        assert self.answers == []
        assert self.page.locator("html").get_attribute("lang") == self.locale
        self.look(self.page)

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.arrive()

    def press(self, target: str | Locator) -> None:
        """Press a link or button that can be seen, and look at the page it leads to."""
        found = self.page.locator(target).first if isinstance(target, str) else target
        with self.page.expect_navigation():
            self.push(found)
        self.arrive()

    def push(self, target: Locator) -> None:
        target.click()

    def follow(self, end: str) -> None:
        """Press the first link that is seen on the page's own part and whose address ends so."""
        self.press(self.page.locator(f'main a[href$="{end}"]').locator("visible=true").first)

    def send(self, button: str = "main form button[data-color=multe]") -> None:
        self.press(button)

    def speak(self) -> None:
        """Choose the walk's language, as a reader does."""
        if self.page.locator("html").get_attribute("lang") != self.locale:
            self.push(self.page.locator(f".tools a[hreflang={self.locale}]"))

    def sign_in(self, email: str, password: str = factories.PASSWORD) -> None:
        self.page.goto("/sign-in")
        self.speak()
        self.put(email=email, password=password)
        self.send()
        assert self.page.url.endswith("/home")

    def put(self, **values: object) -> None:
        """Fill in fields by name, each in the way of its kind."""
        for name, value in values.items():
            found = self.page.locator(f'[name="{name}"]')
            kind = found.first.evaluate("item => item.type")
            if kind in {"checkbox", "radio"}:
                for one in value if isinstance(value, list) else [value]:
                    self.tick(found.and_(self.page.locator(f'[value="{"yes" if one is True else one}"]')))
            elif kind == "select-one":
                self.choose(found, str(value))
            else:
                self.write(found, "\n".join(value) if isinstance(value, list) else str(value))

    def tick(self, box: Locator) -> None:
        """Tick a box, after opening the part of the page it may be folded into."""
        if not box.is_visible():
            self.push(self.page.locator("details", has=box).locator("> summary").first)
        self.mark(box)

    def mark(self, box: Locator) -> None:
        box.check()

    def choose(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)


class KeyboardWalker(Walker):
    """A person without a mouse: everything is reached with Tab, is on the screen then, and shows that it has the focus."""

    def reach(self, found: Callable[[], bool], what: str) -> None:
        for _stop in range(MOST_STOPS):
            if found():
                self.page.wait_for_function(SHOWN)  # the page has yet to scroll there
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"Tab does not lead to {what} on {self.page.url}")

    def stop_at(self, target: Locator) -> None:
        element = target.element_handle()
        self.reach(
            lambda: bool(self.page.evaluate("it => document.activeElement === it", element)), str(target)
        )

    def push(self, target: Locator) -> None:
        self.stop_at(target)
        self.page.keyboard.press("Enter")

    def mark(self, box: Locator) -> None:
        if box.is_checked():
            return
        if box.get_attribute("type") == "checkbox":
            self.stop_at(box)
            self.page.keyboard.press("Space")
            return
        name, element = box.get_attribute("name"), box.element_handle()
        self.reach(
            lambda: bool(self.page.evaluate("name => document.activeElement.name === name", name)), str(box)
        )
        self.page.keyboard.press("Space")
        for _choice in range(20):
            if self.page.evaluate("it => it.checked", element):
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"the arrows do not lead to {box}")

    def choose(self, field: Locator, value: str) -> None:
        self.stop_at(field)
        steps = field.evaluate(
            "(it, value) => [...it.options].findIndex(one => one.value === value) - it.selectedIndex", value
        )
        for _step in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert field.input_value() == value

    def write(self, field: Locator, text: str) -> None:
        self.stop_at(field)
        if field.get_attribute("type") == "date":
            day = dt.date.fromisoformat(text)
            for digits in (f"{day:%m%d%Y}", f"{day:%d%m%Y}"):  # in the order of the browser's own language
                self.page.keyboard.type(digits)
                if field.input_value() == text:
                    return
                self.page.keyboard.press("ArrowLeft")
                self.page.keyboard.press("ArrowLeft")
            pytest.fail(f"{text} cannot be typed into {field}")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
