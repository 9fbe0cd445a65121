"""Parts of a page that show the same to all who see them, drawn once for each thing they show."""

from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, render_template, request
from markupsafe import Markup

from marketplace.core.i18n import current_locale

_MOST = 64
_drawn: "WeakKeyDictionary[Any, dict[tuple[str, ...], Markup]]" = WeakKeyDictionary()


def drawn(template: str, **shown: Any) -> Markup:
    """Return a part of a page, drawn with the one thing that it shows.

    The part may depend on that thing, the language and the address of the page, and on nothing else: not on the
    viewer, and not on the time. The thing must be another object when it says something else; what was drawn goes
    with it.
    """
    (thing,) = shown.values()
    parts = _drawn.setdefault(thing, {})
    key = (template, current_locale(), request.script_root, request.path)
    found = parts.get(key)
    if found is None:
        if len(parts) >= _MOST:
            parts.clear()
        found = parts[key] = Markup(render_template(template, **shown))  # noqa: S704 because a template has escaped it
    return found


def register(app: Flask) -> None:
    """Let templates show a part that is drawn once."""
    app.jinja_env.globals["drawn"] = drawn
