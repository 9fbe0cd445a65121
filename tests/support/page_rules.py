"""What every page of the house keeps: valid HTML, one heading that is the title, labels, nothing inline."""

import functools
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list", "headers")
VOID_LINKS = {"", "#"}
RUNNING = {
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "code",
    "em",
    "i",
    "mark",
    "q",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
}
"""Elements that stand in a line of text; all others break it."""


@functools.lru_cache(maxsize=16)
def _parsed(html: str) -> tuple[Element, list[str], dict[Element, Element]]:
    """Return the root, the errors and each element's parent.

    Cached because parsing takes 10 ms: the browser checks each page, and most tests then read the same one.
    """
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html)
    errors = [f"{position}: {code}" for position, code, _data in parser.errors]
    return root, errors, {child: parent for parent in root.iter() for child in parent}


class HtmlPage:
    """A page as read by a browser: find elements, read their text."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.root, self.errors, self.parents = _parsed(html)

    def all(self, tag: str = "*", **attributes: str) -> list[Element]:
        """Return the elements of a kind, in order, that carry these attributes (`data_color` is `data-color`)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.root.iter()
            if isinstance(element.tag, str)
            and tag in {"*", element.tag}
            and all(element.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "*", **attributes: str) -> Element:
        """Return the only such element; fails when there are none or several."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} {attributes} on the page"
        return found[0]

    @property
    def heading(self) -> str:
        """The page's one h1, as text."""
        return text_of(self.one("h1"))

    @property
    def title(self) -> str:
        return text_of(self.one("title"))

    @property
    def text(self) -> str:
        """What a reader can read, in one line."""
        return text_of(self.one("body"))

    def links(self) -> dict[str, str]:
        """Return the text of each link and where it goes."""
        return {text_of(link): link.get("href", "") for link in self.all("a")}


def text_of(element: Element) -> str:
    """Return an element's text with white space made single."""
    return re.sub(r"\s+", " ", "".join(_texts(element))).strip()


def _texts(element: Element) -> Iterator[str]:
    if element.tag in {"script", "style"}:
        return
    if element.text and isinstance(element.tag, str):
        yield element.text
    for child in element:
        apart = "" if child.tag in RUNNING else " "
        yield from (apart, *_texts(child), apart)
        if child.tail:
            yield child.tail


@functools.lru_cache(maxsize=256)
def check_page(html: str, path: str) -> None:
    """Fail with every rule that a page breaks."""
    broken = page_violations(HtmlPage(html))
    assert not broken, f"{path} breaks the rules of a page:\n  " + "\n  ".join(broken)


def page_violations(page: HtmlPage) -> list[str]:
    """Return every rule that a page breaks."""
    checks = (_frame, _identifiers, _labels, _lists, _inline, _links)
    return [*page.errors, *(broken for check in checks for broken in check(page))]


def _frame(page: HtmlPage) -> Iterator[str]:
    html = page.one("html")
    if html.get("lang") not in {"nb", "nn", "en"}:
        yield f"the page's language is {html.get('lang')!r}"
    headings = page.all("h1")
    if len(headings) != 1:
        yield f"there are {len(headings)} h1"
    elif not page.title.startswith(text_of(headings[0])):
        yield f"the title {page.title!r} does not begin with the h1 {text_of(headings[0])!r}"
    if len(page.all("main")) != 1:
        yield "there is no main, or more than one"
    actions = [
        text_of(item) for item in page.all(data_color="multe") if "ds-button" in item.get("class", "").split()
    ]
    if len(actions) > 1:
        yield f"there are several orange buttons: {actions}"
    level = 1
    for element in page.all():
        if re.fullmatch(r"h[1-6]", element.tag):
            now = int(element.tag[1])
            if now > level + 1:
                yield f"{element.tag} {text_of(element)!r} comes after an h{level}"
            level = now


def _identifiers(page: HtmlPage) -> Iterator[str]:
    counted = Counter(element.get("id") for element in page.all() if element.get("id") is not None)
    for name, times in counted.items():
        if times > 1:
            yield f"id {name!r} stands {times} times"
    for element in page.all():
        for attribute in REFERENCES:
            for name in element.get(attribute, "").split():
                if name not in counted:
                    yield f"{element.tag} {attribute}={name!r} points to nothing"


def _labels(page: HtmlPage) -> Iterator[str]:
    labelled = {label.get("for") for label in page.all("label")}
    for element in page.all():
        if element.tag not in LABELLED or element.get("type", "text") in UNLABELLED_TYPES:
            continue
        named = element.get("id") in labelled or element.get("aria-label") or element.get("aria-labelledby")
        if not named and not _inside(page, element, "label"):
            yield f"{element.tag} {element.get('name')!r} has no label"
    for button in page.all("button"):
        if not text_of(button) and not button.get("aria-label"):
            yield "a button has no text"
    for image in page.all("img"):
        if image.get("alt") is None:
            yield f"img {image.get('src')!r} has no alt"


def _lists(page: HtmlPage) -> Iterator[str]:
    """What the Nu checker wants of a list that must be answered: its first choice is empty, and under no heading."""
    for select in page.all("select"):
        if select.get("required") is None or select.get("multiple") is not None:
            continue
        first = next(iter(select), None)
        if first is None or first.tag != "option" or first.get("value", text_of(first)):
            yield f"select {select.get('name')!r} is required, but its first choice is not an empty one"


def _inside(page: HtmlPage, element: Element, tag: str) -> bool:
    parent = page.parents.get(element)
    while parent is not None:
        if parent.tag == tag:
            return True
        parent = page.parents.get(parent)
    return False


def _inline(page: HtmlPage) -> Iterator[str]:
    for element in page.all():
        for attribute in element.attrib:
            if attribute == "style" or str(attribute).startswith("on"):
                yield f"{element.tag} has an inline {attribute}, which the content policy refuses"
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"there is an inline {element.tag}, which the content policy refuses"
        for attribute in ("src", "srcset"):
            if element.get(attribute, "").startswith(("http:", "https:", "//")):
                yield f"{element.tag} fetches {element.get(attribute)} from elsewhere"
    for link in page.all("link"):
        if link.get("rel") == "stylesheet" and link.get("href", "").startswith(("http", "//")):
            yield f"the style sheet {link.get('href')} comes from elsewhere"


def _links(page: HtmlPage) -> Iterator[str]:
    names = {element.get("id") for element in page.all()}
    for link in page.all("a"):
        href = link.get("href")
        if href is None or href in VOID_LINKS:
            yield f"the link {text_of(link)!r} goes nowhere"
        elif href.startswith("#") and href[1:] not in names:
            yield f"the link {text_of(link)!r} goes to {href}, which is not on the page"
        if not text_of(link) and not link.get("aria-label"):
            yield f"the link to {href!r} has no text"
