"""The main form of a rendered page, which the language buttons in the page's header belong to."""

import html
import re
from dataclasses import dataclass

from flask import request

_MAIN_FORM = re.compile(r'<form\b[^>]*\bid="main-form"[^>]*>')
_SUBMIT_BUTTON = re.compile(r'<button\b[^>]*\btype="submit"[^>]*>')
_ATTRIBUTE = re.compile(r'\s(action|formaction|name|value)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class MainForm:
    """Action of the main form, and the attributes of its first button.

    Pressing Enter in a field activates the first button that belongs to the form in the page. The header therefore
    repeats the form's own button before the language buttons.
    """

    action: str
    button_name: str = ""
    button_value: str = ""
    button_action: str = ""


def main_form(body: str) -> MainForm | None:
    """Return the main form in the HTML of a page's content, or None if it has none."""
    tag = _MAIN_FORM.search(body)
    if tag is None:
        return None
    action = _attributes(tag[0]).get("action") or request.full_path.rstrip("?")
    end = body.find("</form>", tag.end())
    button = _SUBMIT_BUTTON.search(body, tag.end(), end if end >= 0 else len(body))
    attributes = _attributes(button[0]) if button else {}
    return MainForm(
        action, attributes.get("name", ""), attributes.get("value", ""), attributes.get("formaction", "")
    )


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
