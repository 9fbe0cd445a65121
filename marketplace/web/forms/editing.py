"""Forms that change an existing object, with an optimistic lock against a colleague's changes."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from marketplace.core.errors import Conflict
from marketplace.core.optimistic_lock import fingerprint
from marketplace.web.forms import BaseForm

F = TypeVar("F", bound=BaseForm)


def edit(
    make_form: Callable[..., F], load: Callable[[], Any], save: Callable[[F], object], current: Any = None
) -> F:
    """Build an edit form, and save it if it is submitted: `is_saved` tells if it has been saved.

    `load` returns the details, whose attributes are named as the form's fields; `current` are the details if they are
    loaded already.
    """
    current = load() if current is None else current
    form = make_form(data=asdict(current))
    form.fingerprint = form.expected_fingerprint() or fingerprint(current)
    if form.validate_on_submit():
        try:
            form.is_saved = form.accepts(lambda: save(form))
        except Conflict as conflict:
            saved = load()
            form.show_conflict(make_form(data=asdict(saved), formdata=None), conflict.message)
            form.fingerprint = fingerprint(saved)
    return form


def add(form: F, save: Callable[[F], object]) -> bool:
    """Save a form that creates an object; return False if it is not submitted or has errors."""
    if not form.validate_on_submit():
        return False
    try:
        return form.accepts(lambda: save(form))
    except Conflict as conflict:
        form.add_form_error(conflict.message)
        return False
