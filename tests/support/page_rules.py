"""Rules for every HTML page: valid HTML, one h1 that matches the title, labelled fields, nothing inline."""

import functools
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

import html5lib

if TYPE_CHECKING:
    from pathlib import Path

LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image", "reset"}
ID_REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list", "headers")
EMPTY_TARGETS = {"", "#"}
INLINE_ELEMENTS = {
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
"""Elements of running text; all others separate words."""


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
    """A parsed HTML page, with methods to find elements and read their text."""

    def __init__(self, html: str) -> None:
        self.html = html

    @functools.cached_property
    def _parts(self) -> tuple[Element, list[str], dict[Element, Element]]:
        return _parsed(self.html)

    @property
    def root(self) -> Element:
        """The root element."""
        return self._parts[0]

    @property
    def errors(self) -> list[str]:
        """The parse errors."""
        return self._parts[1]

    @property
    def parents(self) -> dict[Element, Element]:
        """Each element's parent."""
        return self._parts[2]

    def all(self, tag: str = "*", **attributes: str) -> list[Element]:
        """Return the elements with a tag and attributes, in document order (`data_color` means `data-color`)."""
        elements = [element for element in self.root.iter(tag) if isinstance(element.tag, str)]
        for name, value in attributes.items():
            attribute = name.rstrip("_").replace("_", "-")
            elements = [element for element in elements if element.get(attribute) == value]
        return elements

    def one(self, tag: str = "*", **attributes: str) -> Element:
        """Return the only such element. Fails if there are none or several."""
        elements = self.all(tag, **attributes)
        assert len(elements) == 1, f"{len(elements)} elements {tag} {attributes} on the page"
        return elements[0]

    @property
    def heading(self) -> str:
        """Text of the page's only h1."""
        return text_of(self.one("h1"))

    @property
    def title(self) -> str:
        return text_of(self.one("title"))

    @property
    def text(self) -> str:
        """Visible text of the page, on one line."""
        return text_of(self.one("body"))

    def links(self) -> dict[str, str]:
        """Return the target of each link by its text."""
        return {text_of(link): link.get("href", "") for link in self.all("a")}


def text_of(element: Element) -> str:
    """Return the text of an element with whitespace collapsed."""
    return re.sub(r"\s+", " ", "".join(_texts(element))).strip()


def _texts(element: Element) -> Iterator[str]:
    if element.tag in {"script", "style"}:
        return
    if element.text and isinstance(element.tag, str):
        yield element.text
    for child in element:
        separator = "" if child.tag in INLINE_ELEMENTS else " "
        yield from (separator, *_texts(child), separator)
        if child.tail:
            yield child.tail


_TEXT = re.compile(r"(?<=>)[^<>]*[^<>\s][^<>]*(?=<)")
_VALUES = re.compile(r'\b(value|content|placeholder|title|datetime)="[^"]+')
_PATHS = re.compile(r'\b(href|action)="(/[^"#?]*)(\?[^"#]*)?')
_UNUSUAL = re.compile(r"&(?!amp;|lt;|gt;|quot;|nbsp;|#\d+;)|[^\t\n -~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd]")
"""Characters that may be errors in a text."""


def outline(html: str) -> str:
    """Return a page without its texts, and without values that no rule reads: pages with one outline break the same rules.

    Of the title and heading, which must be alike, only their texts count. A page with unusual characters is its own outline.
    """
    if _UNUSUAL.search(html):
        return html
    title, heading = (re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.DOTALL) for tag in ("title", "h1"))
    names = [
        " ".join(re.sub("<[^>]*>", " ", found[1]).split()) if found else "" for found in (title, heading)
    ]
    is_alike = re.sub(r"^(Feil|Error): ", "", names[0]).startswith(names[1])
    if not is_alike:
        return html
    values = _VALUES.sub(r'\1="x', _TEXT.sub("x", html))
    return _PATHS.sub(lambda path: f'{path[1]}="{re.sub("[0-9]+", "0", path[2])}', values)


class CheckedPages:
    """Outlines of pages that follow all rules, so that each is parsed once by the workers of a run.

    The folder contains an empty file for each outline, named by its digest.
    """

    def __init__(self) -> None:
        self.folder: Path | None = None
        self._digests: set[str] = set()

    def digest(self, html: str) -> str:
        """Return the digest of a page's outline."""
        return hashlib.blake2b(outline(html).encode(), digest_size=16).hexdigest()

    def __contains__(self, digest: str) -> bool:
        return digest in self._digests or (self.folder is not None and (self.folder / digest).exists())

    def add(self, digest: str) -> None:
        """Add a page for all workers."""
        self._digests.add(digest)
        if self.folder is not None:
            (self.folder / digest).touch()


checked_pages = CheckedPages()


def check_page(html: str, path: str) -> None:
    """Assert that a page follows all rules; the message lists every violation."""
    digest = checked_pages.digest(html)
    if digest not in checked_pages:
        violations = page_violations(HtmlPage(html))
        assert not violations, f"{path} violates page rules:\n  " + "\n  ".join(violations)
        checked_pages.add(digest)


def page_violations(page: HtmlPage) -> list[str]:
    """Return a message for each rule that a page violates."""
    checks = (
        _structure,
        _identifiers,
        _labels,
        _lists,
        _inline,
        _links,
        _drafts,
        _main_form,
        _error_title,
        _enter,
        _error_order,
        _hidden_errors,
    )
    return [*page.errors, *(violation for check in checks for violation in check(page))]


def _structure(page: HtmlPage) -> Iterator[str]:
    html = page.one("html")
    if html.get("lang") not in {"nb", "nn", "en"}:
        yield f"the page's language is {html.get('lang')!r}"
    headings = page.all("h1")
    if len(headings) != 1:
        yield f"there are {len(headings)} h1"
    elif not re.sub(r"^(Feil|Error): ", "", page.title).startswith(text_of(headings[0])):
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
            current = int(element.tag[1])
            if current > level + 1:
                yield f"{element.tag} {text_of(element)!r} comes after an h{level}"
            level = current


def _identifiers(page: HtmlPage) -> Iterator[str]:
    counted = Counter(element.get("id") for element in page.all() if element.get("id") is not None)
    for name, times in counted.items():
        if times > 1:
            yield f"id {name!r} occurs {times} times"
    for element in page.all():
        for attribute in ID_REFERENCES:
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
    for option in page.all("option"):
        if not text_of(option) and not _inside(page, option, "datalist"):
            yield f"option {option.get('value')!r} has no text"


SECRET_LINKS = ("/confirmations/", "/courses/seat/", "/sessions/")


def _drafts(page: HtmlPage) -> Iterator[str]:
    """Check that the long texts of signed-in users are saved while they type.

    Not on pages of a secret link: a draft stores the path of its page.
    """
    if not page.all("a", href="/account"):
        return
    for form in page.all("form", method="post"):
        if str(form.get("action")).startswith(SECRET_LINKS):
            continue
        is_saved = form.get("data-draft") is not None or form.get("data-autosave") is not None
        if not is_saved and any(area.get("readonly") is None for area in form.iter("textarea")):
            yield f"the form {form.get('action')!r} has a long text and neither data-draft nor data-autosave"


def _main_form(page: HtmlPage) -> Iterator[str]:
    """Check that a change of language keeps typed text: the language buttons send the main form of the page.

    A refused form is the main form of its page.
    """
    main = [form for form in page.all("form", id="main-form") if form.get("method") == "post"]
    if main and page.all("div", class_="error-summary flow-s"):
        return
    for form in page.all("form", method="post"):
        kinds = [one.get("type", "text") for one in form.iter("input")]
        if not main and "text" in kinds:
            yield f"the form {form.get('action')!r} has a text and the page no main form"
        if form not in main and any(area.get("readonly") is None for area in form.iter("textarea")):
            yield f"the form {form.get('action')!r} has a long text and is not the main form"


def _error_title(page: HtmlPage) -> Iterator[str]:
    """Check that the title of a page with refused input says so."""
    if page.all("div", class_="error-summary flow-s") and not (
        page.one("title").text or ""
    ).strip().startswith(("Feil:", "Error:")):
        yield "the page has an error summary, and its title does not begin with Error:"


def _enter(page: HtmlPage) -> Iterator[str]:
    """Check that Enter in a field does not change the language: it presses the form's first button in the page."""
    for form in page.all("form", id="main-form"):
        own = {id(element) for element in form.iter()}
        buttons = [
            button
            for button in page.all("button", type="submit")
            if button.get("form") == "main-form" or (button.get("form") is None and id(button) in own)
        ]
        first, *others = buttons
        inner = [button for button in others if id(button) in own]
        if first.get("data-language") is not None:
            yield "Enter in the main form changes the language"
        elif inner and any(first.get(key) != inner[0].get(key) for key in ("name", "value", "formaction")):
            yield f"Enter in the main form does not press its first button {text_of(inner[0])!r}"


def _error_order(page: HtmlPage) -> Iterator[str]:
    """Check that the error summary names the fields in the order in which they are on the page."""
    order = {element.get("id"): index for index, element in enumerate(page.all())}
    for summary in page.all("div", class_="error-summary flow-s"):
        fields = [link.get("href", "")[1:] for errors in summary.findall("ul") for link in errors.iter("a")]
        if fields != sorted(fields, key=lambda name: order.get(name, 0)):
            yield f"the error summary names {fields}, not in the order of the fields"


def _hidden_errors(page: HtmlPage) -> Iterator[str]:
    """Check that no error is in a closed part of the page."""
    errors = [element for element in page.all() if "field-error" in element.get("class", "").split()]
    for error in errors:
        parent = page.parents.get(error)
        while parent is not None:
            if parent.tag == "details" and "open" not in parent.attrib:
                yield f"the error {text_of(error)!r} is in a closed part"
            parent = page.parents.get(parent)


def _lists(page: HtmlPage) -> Iterator[str]:
    """Check required lists as the Nu HTML checker does: the first option is empty and not in an option group."""
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
                yield f"{element.tag} loads {element.get(attribute)} from another site"
    for link in page.all("link"):
        if link.get("rel") == "stylesheet" and link.get("href", "").startswith(("http", "//")):
            yield f"the style sheet {link.get('href')} comes from another site"


def _links(page: HtmlPage) -> Iterator[str]:
    names = {element.get("id") for element in page.all()}
    for link in page.all("a"):
        href = link.get("href")
        if href is None or href in EMPTY_TARGETS:
            yield f"the link {text_of(link)!r} has no target"
        elif href.startswith("#") and href[1:] not in names:
            yield f"the link {text_of(link)!r} goes to {href}, which is not an id on the page"
        if not text_of(link) and not link.get("aria-label"):
            yield f"the link to {href!r} has no text"
