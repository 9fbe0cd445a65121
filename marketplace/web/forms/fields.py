"""Fields that read what people write, show it again when it cannot be read, and never overflow."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # because the type stubs are older than WTForms 3.3
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.dates import parse_date
from marketplace.core.i18n import gettext
from marketplace.core.identifiers import parse_organisation_number
from marketplace.core.money import parse_nok
from marketplace.core.text import clean_line, clean_text
from marketplace.web.forms import widgets


class TextField(StringField):
    """One line of text, cleaned."""

    widget: Any = widgets.TextInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the first value and clean it."""
        self.data = clean_line(valuelist[0]) if valuelist else self.data

    def _value(self) -> str:
        return self.data or ""


class LongTextField(TextAreaField):
    """Several lines of text, cleaned."""

    widget = widgets.TextArea()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the first value and clean it."""
        self.data = clean_text(valuelist[0]) if valuelist else self.data


class EmailField(TextField):
    """An e-mail address; add the `email()` check."""

    widget = widgets.EmailInput()


class SecretField(PasswordField):
    """A password, kept to the letter; at most 500 characters are read."""

    widget = widgets.PasswordInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the first value in NFC, so that the same keys give the same password everywhere."""
        self.data = unicodedata.normalize("NFC", valuelist[0][:500]) if valuelist else None


class _KeepsWhatWasTyped(TextField):
    """A field with a meaning behind its text: shows the text as typed when it cannot be read."""

    typed: str | None = None
    data: Any

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return self.show(self.data) if self.data is not None else ""

    def show(self, value: Any) -> str:
        """Return a value as it stands in the field."""
        return str(value)

    def read(self, text: str) -> Any:
        """Return the value behind a text. Raises ValueError with a message to show."""
        raise ValueError(text)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the text; keep it for showing whatever it is."""
        self.typed = clean_line(valuelist[0]) or "" if valuelist else ""
        self.data = self.read(self.typed) if self.typed else None


class NokField(_KeepsWhatWasTyped):
    """Whole kroner excluding VAT, read forgivingly: "12 500 kr", "12.500,-"."""

    def show(self, value: Any) -> str:
        """Return the amount with thin groups."""
        return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")

    def read(self, text: str) -> int:
        """Return whole kroner."""
        try:
            return parse_nok(text)
        except ValueError as error:
            raise ValueError(gettext("Enter an amount in whole kroner, like 12 500.")) from error


class NumberField(_KeepsWhatWasTyped):
    """A whole number from 0 up to a limit."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, high: int = 100_000, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.high = high

    def read(self, text: str) -> int:
        """Return the number."""
        compact = re.sub(r"[\s\u00a0]", "", text)
        if not re.fullmatch(r"[0-9]{1,9}", compact) or int(compact) > self.high:
            raise ValueError(gettext("Enter a whole number, no higher than %(high)s.", high=self.high))
        return int(compact)


MIN_YEAR, MAX_YEAR = 2000, 2100


class DayField(_KeepsWhatWasTyped):
    """A date, shown by the browser's own picker; "24.12.2026" typed by hand is read as well."""

    widget = widgets.DateInput()

    def show(self, value: Any) -> str:
        """Return the date as the browser wants it."""
        return str(value.isoformat())

    def read(self, text: str) -> dt.date:
        """Return the date."""
        day = parse_date(text)
        if day is None or not MIN_YEAR <= day.year <= MAX_YEAR:
            raise ValueError(gettext("Enter a date, like 24.12.2026."))
        return day


class OrganisationNumberField(_KeepsWhatWasTyped):
    """Nine digits with the modulus 11 check; spaces, NO and MVA are let through."""

    def show(self, value: Any) -> str:
        """Return the number in groups of three."""
        return f"{value[:3]} {value[3:6]} {value[6:]}"

    def read(self, text: str) -> str:
        """Return nine digits."""
        try:
            return parse_organisation_number(text)
        except ValueError as error:
            raise ValueError(
                gettext(
                    "This is not a valid organisation number. It must have nine digits, like 974 760 673."
                )
            ) from error


Options = Sequence[tuple[str, Any]] | Mapping[str, Sequence[tuple[str, Any]]]


def as_choices(options: Options | None) -> list[SelectChoice] | None:
    """Return (value, label) pairs as WTForms' own choices; a mapping gives groups of pairs under headings."""
    if options is None:
        return None
    if isinstance(options, Mapping):
        grouped = [(value, label, group) for group, pairs in options.items() for value, label in pairs]
        return [SelectChoice(value, label, optgroup=group or None) for value, label, group in grouped]
    return [SelectChoice(value, label) for value, label in options]


class ChoiceField(SelectField):
    """One of several, as a list or as radio buttons; the error text says what to do."""

    widget = widgets.Select()

    def __init__(
        self, label: Any = None, validators: Any = None, *, choices: Options | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, choices=as_choices(choices), **kwargs)

    def offer(self, options: Options) -> None:
        """Set what can be chosen, when it is only known at the request."""
        self.choices = as_choices(options)

    def pre_validate(self, form: object) -> None:
        """Refuse what is not among the choices."""
        del form
        if self.data in {None, "", "None"}:
            return
        if self.data not in {str(choice[0]) for choice in self.iter_choices()}:
            raise ValidationError(gettext("Choose one from the list."))


class ChoicesField(SelectMultipleField):
    """Any of several, as tick boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(
        self, label: Any = None, validators: Any = None, *, choices: Options | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, choices=as_choices(choices), **kwargs)

    def offer(self, options: Options) -> None:
        """Set what can be chosen, when it is only known at the request."""
        self.choices = as_choices(options)

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """Return value and label of each choice, for pages that draw them in groups of their own."""
        return [(choice[0], choice[1]) for choice in self.iter_choices()]

    def pre_validate(self, form: object) -> None:
        """Refuse what is not among the choices."""
        del form
        allowed = {str(choice[0]) for choice in self.iter_choices()}
        if any(value not in allowed for value in self.data or ()):
            raise ValidationError(gettext("Choose from the list."))
