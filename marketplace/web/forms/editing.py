"""Forms that change an existing object, with an optimistic lock against a colleague's changes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from marketplace.core.errors import Conflict
from marketplace.core.optimistic_lock import fingerprint
from marketplace.web.forms import BaseForm

F = TypeVar("F", bound=BaseForm)


@dataclass(frozen=True, slots=True)
class Edit(Generic[F]):
    """Outcome of a request to an edit form. `status` is that of the page to show unless the form has been saved."""

    form: F
    is_saved: bool = False
    status: int = 200


def edit(
    make_form: Callable[..., F], load: Callable[[], Any], save: Callable[[F], object], current: Any = None
) -> Edit[F]:
    """Show or save an edit form. `load` returns the details, whose attributes are named as the form's fields.

    `current` are the details if they are loaded already.
    """
    current = load() if current is None else current
    form = make_form(data=asdict(current))
    form.fingerprint = form.expected_fingerprint() or fingerprint(current)
    if not form.validate_on_submit():
        return Edit(form)
    try:
        return Edit(form, is_saved=form.accepts(lambda: save(form)))
    except Conflict as conflict:
        saved = load()
        form.show_conflict(make_form(data=asdict(saved), formdata=None), conflict.message)
        form.fingerprint = fingerprint(saved)
        return Edit(form, status=409)


def add(form: F, save: Callable[[F], object]) -> bool:
    """Save a form that creates an object; return False if it is not submitted or has errors."""
    if not form.validate_on_submit():
        return False
    try:
        return form.accepts(lambda: save(form))
    except Conflict as conflict:
        form.add_form_error(conflict.message)
        return False
