"""The base of all forms: our own words for errors, protected against forged requests."""

from flask_wtf import FlaskForm

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext, ngettext


class _WtformsMessages:
    """Gives WTForms our catalogue: its own has no nynorsk."""

    def gettext(self, string: str) -> str:
        return gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)


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

    def all_errors(self) -> list[tuple[str | None, str]]:
        """Return (field id, message) for the error summary, in the order of the fields."""
        found: list[tuple[str | None, str]] = [(None, str(message)) for message in self.form_errors]
        for field in self:
            found += [
                (field.id, str(message)) for message in field.errors if isinstance(message, str) or message
            ]
        return found
