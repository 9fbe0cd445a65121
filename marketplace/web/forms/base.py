"""The base of all forms: our own words for errors, protected against forged requests."""

from collections.abc import Sequence

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext, ngettext


class _WtformsMessages:
    """Gives WTForms our catalogue: its own has no nynorsk."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)


def in_words(field: Field) -> str:
    """Return what stands in a field as one reads it: the labels of what is chosen, the text of the rest."""
    if isinstance(field, (SelectField, SelectMultipleField)):
        return ", ".join(str(choice[1]) for choice in field.iter_choices() if choice[2] and choice[0])
    if isinstance(field, BooleanField):
        return gettext("Yes") if field.data else gettext("No")
    shown = getattr(field, "_value", None)
    return str(shown() if callable(shown) else field.data or "")


class BaseForm(FlaskForm):
    """Base of all forms, protected against forged requests."""

    class Meta(FlaskForm.Meta):
        """Use our own catalogue for WTForms' few own messages."""

        def get_translations(self, form: object) -> _WtformsMessages:
            """Return the catalogue."""
            del form
            return _WtformsMessages()

    def add_rule_error(self, error: RuleBroken) -> None:
        """Show a rule's "no" beside its field, or on top of the form when it belongs to none."""
        field = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]

    mark: str = ""
    theirs: Sequence[tuple[str, str, str]] = ()

    def seen_mark(self) -> str | None:
        """Return the mark of what stood when the sender opened the page, or None."""
        return request.form.get("seen", "")[:64] or None if request.method == "POST" else None

    def show_theirs(self, theirs: "BaseForm", message: str) -> None:
        """Show, beside what was typed, what somebody else has saved meanwhile: (field id, label, what stands)."""
        self.form_errors.append(message)
        self.theirs = [
            (field.id, str(field.label.text), in_words(theirs[field.name]))
            for field in self
            if field.name in theirs
            and not isinstance(field, HiddenField)
            and in_words(theirs[field.name]) != in_words(field)
        ]

    def all_errors(self) -> list[tuple[str | None, str]]:
        """Return (field id, message) for the error summary, in the order of the fields."""
        found: list[tuple[str | None, str]] = [(None, str(message)) for message in self.form_errors]
        for field in self:
            found += [
                (field.id, str(message)) for message in field.errors if isinstance(message, str) or message
            ]
        return found
