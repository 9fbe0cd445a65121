"""Base class of all forms: CSRF protection, translated errors, and the state of the optimistic lock."""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, Response, g, request
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField, StringField

from marketplace.core.errors import CatchRefusal, RuleBroken
from marketplace.core.i18n import gettext, ngettext

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
OK, CONFLICT, UNPROCESSABLE = 200, 409, 422


def register(app: Flask) -> None:
    """Answer 422 instead of 200 when the page shows a submitted form with errors, and 409 if it shows a conflict."""

    @app.after_request
    def mark_refused_form(response: Response) -> Response:
        is_page = response.status_code == OK and response.mimetype == "text/html"
        if is_page and request.method == "POST" and has_refused_form():
            response.status_code = CONFLICT if "form_has_conflict" in g else UNPROCESSABLE
        return response

    app.jinja_env.globals["has_refused_form"] = has_refused_form


def refuse_form() -> None:
    """Mark the submitted form of this request as refused: its page answers 422, and its title begins with "Error:"."""
    g.form_has_errors = True


def has_refused_form() -> bool:
    """Return True if a form of this request has errors."""
    return "form_has_errors" in g or any(form.errors for form in g.get("forms", ()))


class _WtformsMessages:
    """Adapter from WTForms to our message catalogue; WTForms has no Nynorsk translation."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)


def display_value(field: Field) -> str:
    """Return the value of a field as readable text: the labels of the selected choices, or the text itself."""
    if isinstance(field, (SelectField, SelectMultipleField)):
        return ", ".join(str(choice[1]) for choice in field.iter_choices() if choice[2] and choice[0])
    if isinstance(field, BooleanField):
        return gettext("Yes") if field.data else gettext("No")
    shown = getattr(field, "_value", None)
    return str(shown() if callable(shown) else field.data or "")


def _with_label(label: str, message: str) -> str:
    """Return the message with the label of its field before it, unless the message repeats most of the label's words."""
    words = {word.casefold() for word in re.findall(r"\w{3,}", label)}
    repeated = words & {word.casefold() for word in re.findall(r"\w{3,}", message)}
    names_field = label.casefold() in message.casefold() or 2 * len(repeated) > len(words)
    return message if names_field else f"{label}: {message}"


class BaseForm(FlaskForm):
    """Form with CSRF protection, a list of all errors, and a fingerprint of the values it was rendered with.

    `fingerprint` is rendered in the form; `is_saved` tells that `edit` has saved it. `saved_values` are (field id, label, value) of the fields that somebody
    else has changed meanwhile. `page_order` names the fields that come first on the page, if the order of the class is
    another; the error summary lists them first.
    """

    fingerprint: str = ""
    is_saved: bool = False
    page_order: Sequence[str] = ()
    saved_values: Sequence[tuple[str, str, str]] = ()

    class Meta(FlaskForm.Meta):
        """Translate WTForms' built-in messages with our catalogue."""

        def get_translations(self, form: object) -> _WtformsMessages:
            """Return the adapter to our catalogue."""
            del form
            return _WtformsMessages()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        g.setdefault("forms", []).append(self)

    def add_form_error(self, message: str) -> None:
        """Add a message that belongs to no field."""
        self.form_errors.append(message)

    def add_rule_error(self, error: RuleBroken) -> None:
        """Add the message of a broken rule to its field, or to the form if it names no field."""
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.add_form_error(error.message)
        elif error.message not in field.errors:
            field.errors = [*field.errors, error.message]

    def catch_refusal(self, field: str | None = None) -> CatchRefusal[RuleBroken]:
        """Show the message of a rule that is broken in the block at the rule's field, or at the field given."""
        return CatchRefusal(
            RuleBroken,
            handle=lambda error: self.add_rule_error(RuleBroken(error.message, field or error.field)),
        )

    def accepts(self, action: Callable[[], object]) -> bool:
        """Run an action on the validated values. Returns False if it breaks a rule, with the message added to the form."""
        with self.catch_refusal():
            action()
            return True
        return False

    def saves(self, action: Callable[[], object]) -> bool:
        """Run an action if the form is submitted and valid. Returns False if it has not run, or if it breaks a rule."""
        return self.validate_on_submit() and self.accepts(action)

    def has_text(self) -> bool:
        """Return True if something was typed in a text field."""
        texts = (
            field for field in self if isinstance(field, StringField) and not isinstance(field, HiddenField)
        )
        return any((field.data or "").strip() for field in texts)

    def expected_fingerprint(self) -> str | None:
        """Return the submitted fingerprint of the values the form was rendered with, or None."""
        return request.form.get("seen", "")[:64] or None if request.method == "POST" else None

    def details_as(self, kind: type[D]) -> D:
        """Return the submitted values as details whose attributes are named as the fields. A missing text is empty."""
        values = {field.name: self[field.name].data for field in fields(kind)}
        texts = {field.name: values[field.name] or "" for field in fields(kind) if field.type is str}
        return kind(**values | texts)

    def add_conflict(self, message: str) -> None:
        """Add a message that belongs to no field, with which the page answers 409."""
        g.form_has_conflict = True
        self.add_form_error(message)

    def show_conflict(self, saved: "BaseForm", message: str) -> None:
        """Add a conflict, and show the currently saved values of the fields that differ from the submitted ones."""
        self.add_conflict(message)
        self.saved_values = [
            (field.id, self.full_label(field), display_value(saved[field.name]))
            for field in self
            if field.name in saved
            and not isinstance(field, HiddenField)
            and saved[field.name].data != field.data
            and display_value(saved[field.name]) != display_value(field)
        ]

    def full_label(self, field: Field) -> str:
        """Return a label that identifies a field outside its place in the form. Forms with rows add the row to it."""
        return str(field.label.text)

    def all_errors(self) -> list[tuple[str | None, str]]:
        """Return (field id, message) of every error for the error summary, form errors first.

        The label is put before a message that does not name its field, since several fields may have the same error.
        """
        errors: list[tuple[str | None, str]] = [(None, str(message)) for message in self.form_errors]
        first = [self[name] for name in self.page_order if name in self]
        for field in [*first, *(field for field in self if field not in first)]:
            errors += [
                (field.id, _with_label(self.full_label(field).rstrip("?:."), str(message)))
                for message in field.errors
                if isinstance(message, str) or message
            ]
        return errors
