"""Put submitted values into a form of a rendered page.

Works on the HTML of any page of this site, so that views need no code for it. The templates escape `<` and `>` in
attribute values and text, therefore a regular expression finds every tag.
"""

import html
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from marketplace.core.form_drafts import FormDraft
from marketplace.web.form_recovery.submission import PENDING_FORM_FIELD, Submission, can_type_in

_TAG = re.compile(r"<(/?)(form|input|textarea|select|option|button|details)\b([^>]*)>", re.IGNORECASE)
_FORM_TAG = re.compile(r"<form\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([a-zA-Z][\w-]*)(?:\s*=\s*"([^"]*)")?')
_LOCKS = frozenset({"seen", "revision"})
_UNTOUCHED_TYPES = frozenset({"password", "file", "submit", "button", "image", "reset"})
_UNTOUCHED_NAMES = frozenset({"csrf_token", PENDING_FORM_FIELD})


@dataclass
class _Form:
    begin: int
    attributes: dict[str, str]
    details: tuple[int, ...]
    end: int = 0
    actions: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    hidden: dict[str, str] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True)
class Refilled:
    """A page with the submitted values. `leftovers` are typed values whose fields are no longer on the page."""

    html: str
    leftovers: list[tuple[str, str]]


def refill(
    page_html: str, page: str, submission: Submission, *, fresh_locks: bool = False
) -> Refilled | None:
    """Return a page with its form filled with a submission's values, or None if the form is not on it.

    With `fresh_locks`, the hidden fields of the optimistic lock keep the values of the page.
    """
    submitted = {name for name, _value in submission.fields}
    action = urlsplit(submission.path).path
    candidates = [
        form
        for form in _forms(page_html, page)
        if action in form.actions and (form.names & submitted or not submitted)
    ]
    if not candidates:
        return None
    form = max(candidates, key=lambda one: len(one.names & submitted))
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in submission.fields:
        values[name].append(value)
    filled = _fill(page_html[form.begin : form.end], values, _LOCKS if fresh_locks else frozenset())
    whole = page_html[: form.begin] + filled + page_html[form.end :]
    whole = _open_details(whole, form)
    left = [(name, value) for name, value in submission.typed if name not in form.names]
    return Refilled(whole, left)


def has_draft_form(page_html: str, page: str, path: str) -> bool:
    """Return True if a page has a form with drafts that is sent to a path."""
    return any(form.path == path for form in _draft_forms(page_html, page))


def restore_drafts(
    page_html: str,
    page: str,
    find: Callable[[Collection[str]], Mapping[str, FormDraft]],
    notice: Callable[[FormDraft], str],
) -> str:
    """Return a page with drafts in its forms, each with a notice above it. Fields without a draft stay unchanged."""
    paths = _draft_paths(page_html, page)
    drafts = find(paths) if paths else {}
    # Most pages have no drafts: skip parsing the controls of their forms, which can be hundreds of tags.
    forms = _draft_forms(page_html, page) if drafts else []
    for form in sorted(forms, key=lambda one: one.begin, reverse=True):
        draft = drafts.get(form.path)
        content = draft.content if draft else None
        if draft is None or content is None or content.hidden != form.hidden:
            continue
        values = {name: given for name, given in content.values.items() if name in form.names}
        if not values:
            continue
        locks = {name: [value] for name, value in content.locks.items()}
        filled = _fill(page_html[form.begin : form.end], values | locks, only=values.keys() | locks.keys())
        page_html = page_html[: form.begin] + notice(draft) + filled + page_html[form.end :]
        page_html = _open_details(page_html, form)
    return page_html


def _draft_paths(page_html: str, page: str) -> set[str]:
    """Return the paths that the forms with drafts are sent to."""
    tags = (_attributes(tag[1]) for tag in _FORM_TAG.finditer(page_html))
    return {_action_path(tag, page) for tag in tags if _is_post(tag) and "data-draft" in tag}


def _is_post(attributes: Mapping[str, str]) -> bool:
    return attributes.get("method", "").lower() == "post"


def _action_path(attributes: Mapping[str, str], page: str) -> str:
    return urlsplit(urljoin(page, attributes.get("action") or page)).path


def _draft_forms(page_html: str, page: str) -> list[_Form]:
    return [form for form in _forms(page_html, page) if "data-draft" in form.attributes]


def _open_details(page_html: str, form: _Form) -> str:
    """Open the details elements around a form."""
    for begin in sorted(form.details, reverse=True):
        page_html = page_html[:begin] + _TAG.sub(_opened, page_html[begin:], count=1)
    return page_html


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2]) if match[2] is not None else ""
        for match in _ATTRIBUTE.finditer(text)
    }


def _forms(page_html: str, page: str) -> list[_Form]:
    """Return the POST forms of a page with their actions and the names of their visible controls."""
    forms: list[_Form] = []
    open_details: list[int] = []
    current: _Form | None = None
    for tag in _TAG.finditer(page_html):
        closing, name = bool(tag[1]), tag[2].lower()
        attributes = _attributes(tag[3])
        if name == "details":
            open_details = open_details[:-1] if closing else [*open_details, tag.start()]
        elif name == "form":
            if closing and current:
                current.end = tag.start()
                forms.append(current)
                current = None
            elif not closing and _is_post(attributes):
                current = _Form(tag.start(), attributes, tuple(open_details))
                current.path = _action_path(attributes, page)
                current.actions.add(current.path)
        elif current and not closing:
            if name == "button" and attributes.get("formaction"):
                current.actions.add(urlsplit(attributes["formaction"]).path)
            elif name in {"input", "textarea", "select"} and attributes.get("type") != "hidden":
                current.names.add(attributes.get("name", ""))
            elif name == "input" and can_type_in(attributes.get("name", "")):
                current.hidden[attributes["name"]] = attributes.get("value", "")
    return forms


def _opened(tag: re.Match[str]) -> str:
    return tag[0] if "open" in _attributes(tag[3]) else f"<{tag[2]}{tag[3]} open>"


def _fill(
    form_html: str,
    values: Mapping[str, list[str]],
    locks: frozenset[str] = frozenset(),
    only: Collection[str] | None = None,
) -> str:
    """Return the HTML of a form with other values in the fields named `only`, by default in all except the `locks`."""
    parts: list[str] = []
    position, chosen, select = 0, [""], ""
    texts = {name: list(given) for name, given in values.items()}
    for tag in _TAG.finditer(form_html):
        if tag.start() < position or tag[1]:
            continue
        kind, attributes = tag[2].lower(), _attributes(tag[3])
        name, end, new = attributes.get("name", ""), tag.end(), tag[0]
        if kind == "select":
            chosen, select = values.get(name, []), name
        elif only is not None and kind != "details" and (select if kind == "option" else name) not in only:
            continue
        elif kind == "option":
            new = _with_flag(tag, "selected", on=attributes.get("value", "") in chosen)
        elif kind == "details":
            new = _opened(tag)
        elif name in _UNTOUCHED_NAMES or name in locks:
            continue
        elif kind == "textarea" and texts.get(name):
            end = form_html.find("</textarea>", end)
            new = f"{tag[0]}\r\n{html.escape(texts[name].pop(0))}"
        elif kind == "input":
            new = _input(tag, attributes, values.get(name, []), texts.get(name, []))
        parts += (form_html[position : tag.start()], new)
        position = end
    return "".join((*parts, form_html[position:]))


def _input(tag: re.Match[str], attributes: dict[str, str], given: list[str], texts: list[str]) -> str:
    kind = attributes.get("type", "text").lower()
    if kind in {"checkbox", "radio"}:
        return _with_flag(tag, "checked", on=attributes.get("value", "on") in given)
    if kind in _UNTOUCHED_TYPES or not texts:
        return tag[0]
    rest = re.sub(r'\svalue(="[^"]*")?(?=[\s/]|$)', "", tag[3])
    return f'<{tag[2]}{rest} value="{html.escape(texts.pop(0))}">'


def _with_flag(tag: re.Match[str], flag: str, *, on: bool) -> str:
    rest = re.sub(rf'\s{flag}(="[^"]*")?(?=[\s/]|$)', "", tag[3])
    return f"<{tag[2]}{rest}{' ' + flag if on else ''}>"
