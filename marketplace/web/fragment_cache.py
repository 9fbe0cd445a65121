"""Cache of rendered template fragments that look the same to every viewer."""

from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, render_template, request
from markupsafe import Markup

from marketplace.core.cache import BoundedCache
from marketplace.core.i18n import current_locale

_MAX_ENTRIES = 64
_cache: "WeakKeyDictionary[Any, BoundedCache[tuple[str, ...], Markup]]" = WeakKeyDictionary()


def cached_fragment(template: str, **context: Any) -> Markup:
    """Render a template with one object as its context, once per object, language and page.

    The fragment may depend on nothing else: not on the viewer and not on the time. Entries live as long as the object;
    it must therefore be immutable, and a changed value must be a new object.
    """
    (subject,) = context.values()
    fragments = _cache.setdefault(subject, BoundedCache(_MAX_ENTRIES))
    key = (template, current_locale(), request.script_root, request.path)
    return fragments.get_or_create(key, lambda: Markup(render_template(template, **context)))  # noqa: S704 because the template escapes its values


def register(app: Flask) -> None:
    """Add `cached_fragment` to the template globals."""
    app.jinja_env.globals["cached_fragment"] = cached_fragment
