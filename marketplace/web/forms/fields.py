"""Form fields that clean and parse user input, and render invalid input again as it was typed."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app
from werkzeug.datastructures import FileStorage
from wtforms import FileField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # because the type stubs are older than WTForms 3.3
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.dates import parse_date
from marketplace.core.i18n import gettext
from marketplace.core.identifiers import parse_id
from marketplace.core.money import parse_nok, strip_amount_words
from marketplace.core.numbers import COUNTED, format_plain_milli, parse_milli, parse_whole_number
from marketplace.core.organisation_number import parse_organisation_number
from marketplace.core.region import language_choices
from marketplace.core.text import clean_line, clean_text
from marketplace.core.web_address import parse_web_address
from marketplace.web.forms import widgets


class TextField(StringField):
    """Single line of text, cleaned."""

    widget: Any = widgets.TextInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Clean the first submitted value."""
        self.data = clean_line(valuelist[0]) if valuelist else self.data

    def _value(self) -> str:
        return self.data or ""


class WrappedTextField(TextField):
    """Single line of text that wraps, so that all of it is visible on a phone. Typed line breaks become spaces."""

    widget = widgets.TextArea()

    def __call__(self, **kwargs: Any) -> Any:
        """Render the field with two rows, which grow with the text where the browser can."""
        return super().__call__(rows=2, **kwargs)


class LongTextField(TextAreaField):
    """Multi-line text, cleaned."""

    widget = widgets.TextArea()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Clean the first submitted value."""
        self.data = clean_text(valuelist[0]) if valuelist else self.data


class EmailField(TextField):
    """E-mail address; needs the `email()` validator."""

    widget = widgets.EmailInput()


class UploadField(FileField):
    """File of one of the accepted media types; the content is checked by `files.checks`."""

    def __init__(self, label: Any = None, *, accept: str, is_optional: bool = False, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"accept": accept}, **kwargs)
        self.is_optional = is_optional

    def pre_validate(self, form: object) -> None:
        """Refuse a form without a file."""
        del form
        if not self.is_chosen and not self.is_optional:
            raise ValidationError(gettext("Choose a file."))

    @property
    def is_chosen(self) -> bool:
        """Return True if a file was submitted."""
        return isinstance(self.data, FileStorage) and bool(self.data.filename)

    def chosen(self) -> tuple[str, bytes]:
        """Return name and content of the submitted file."""
        assert isinstance(self.data, FileStorage)
        self.data.stream.seek(0)
        return self.data.filename or "", self.data.stream.read()


class SecretField(PasswordField):
    """Password, unchanged except for Unicode normalisation, truncated to 500 characters."""

    widget = widgets.PasswordInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Normalise to NFC, so that the same key strokes give the same password on every platform."""
        self.data = unicodedata.normalize("NFC", valuelist[0][:500]) if valuelist else None


class ParsedTextField(TextField):
    """Text field whose data is a parsed value; renders the text as typed if it cannot be parsed."""

    typed: str | None = None
    data: Any

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return self.format_value(self.data) if self.data is not None else ""

    def format_value(self, value: Any) -> str:
        """Format a value as the text of the field."""
        return str(value)

    def parse(self, text: str) -> Any:
        """Parse a text. Raises ValueError with a translated message."""
        raise ValueError(text)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Parse the text, and keep it to render it again if it is invalid."""
        self.typed = clean_line(valuelist[0]) or "" if valuelist else ""
        self.data = self.parse(self.typed) if self.typed else None


class NokField(ParsedTextField):
    """Whole kroner excluding VAT. `accept` is passed to `parse_nok`."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, accept: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.accept = accept

    def format_value(self, value: Any) -> str:
        """Format the amount with no-break spaces between thousands."""
        return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}")

    def parse(self, text: str) -> int:
        """Parse to whole kroner."""
        return parse_nok(text, accept=self.accept)


class NumberField(ParsedTextField):
    """Whole number from a minimum to a maximum. `unit` matches what may be typed after it."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        low: int = 0,
        high: int = 100_000,
        unit: re.Pattern[str] = COUNTED,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.low = low
        self.high = high
        self.unit = unit

    def parse(self, text: str) -> int:
        """Parse to an integer."""
        return parse_whole_number(text, self.low, self.high, self.unit)


class DecimalField(ParsedTextField):
    """Number with up to three decimals, as thousandths."""

    def format_value(self, value: Any) -> str:
        """Format the number with the decimal mark of the current language."""
        return format_plain_milli(value)

    def parse(self, text: str) -> int:
        """Parse to thousandths."""
        return parse_milli(strip_amount_words(text))


MIN_YEAR, MAX_YEAR = 2000, 2100


class DayField(ParsedTextField):
    """Date with the browser's date picker; also accepts typed input like "24.12.2026"."""

    widget = widgets.DateInput()

    def format_value(self, value: Any) -> str:
        """Format the date in ISO 8601, as `<input type=date>` requires."""
        return str(value.isoformat())

    def parse(self, text: str) -> dt.date:
        """Parse to a date."""
        day = parse_date(text)
        if day is None or not MIN_YEAR <= day.year <= MAX_YEAR:
            raise ValueError(gettext("Enter a date, like 24.12.2026."))
        return day


class TimeField(ParsedTextField):
    """Time of day with the browser's time picker; also accepts typed input like "13", "13.00" or "kl. 13:00"."""

    widget = widgets.TimeInput()

    def format_value(self, value: Any) -> str:
        """Format the time as `<input type=time>` requires."""
        return str(value.strftime("%H:%M"))

    def parse(self, text: str) -> dt.time:
        """Parse to a time without a zone."""
        match = re.fullmatch(
            r"(?:kl\.?|klokka|at)?\s*([0-9]{1,2})(?:[:.]?([0-9]{2}))?(?:[:.]00)?", text, re.IGNORECASE
        )
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
        if hour > 23 or minute > 59:  # noqa: PLR2004 because a day has 24 hours of 60 minutes
            raise ValueError(gettext("Enter a time, like 13:00."))
        return dt.time(hour, minute)


class WebAddressField(ParsedTextField):
    """Web address: the URL with a scheme."""

    def parse(self, text: str) -> str:
        """Parse to a URL."""
        return parse_web_address(text)


class OrganisationNumberField(ParsedTextField):
    """Norwegian organisation number: nine digits with a check digit; spaces, NO and MVA are ignored."""

    def format_value(self, value: Any) -> str:
        """Format the number in groups of three."""
        return f"{value[:3]} {value[3:6]} {value[6:]}"

    def parse(self, text: str) -> str:
        """Parse to nine digits."""
        return parse_organisation_number(
            text, allow_test_numbers=current_app.config["SETTINGS"].accepts_test_numbers
        )


Options = Sequence[tuple[Any, Any]] | Mapping[str, Sequence[tuple[Any, Any]]]
Choices = Options | Callable[[], Options] | None
"""Choices of a field: a function is called for each form, for choices that depend on the request."""


def as_choices(options: Choices) -> list[SelectChoice] | None:
    """Convert (value, label) pairs to WTForms choices; a mapping of heading to pairs becomes option groups."""
    if callable(options):
        options = options()
    if options is None:
        return None
    if isinstance(options, Mapping):
        grouped = [(value, label, group) for group, pairs in options.items() for value, label in pairs]
        return [SelectChoice(str(value), label, optgroup=group or None) for value, label, group in grouped]
    return [SelectChoice(str(value), label) for value, label in options]


class _FieldWithPairs(SelectField):
    """Choices given as (value, label) pairs."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, choices: Choices = None, **kwargs: Any
    ) -> None:
        super().__init__(label, validators, choices=as_choices(choices), **kwargs)

    def set_choices(self, options: Options) -> None:
        """Set the choices, for lists that are only known at request time."""
        self.choices = as_choices(options)


class ChoiceField(_FieldWithPairs):
    """Single choice, rendered as a drop-down list or radio buttons."""

    widget = widgets.Select()

    def pre_validate(self, form: object) -> None:
        """Reject values that are not among the choices, also those that `coerce` would read as no choice."""
        del form
        value = self.raw_data[0] if self.raw_data else self.data
        if value and str(value) not in {str(choice[0]) for choice in self.iter_choices()}:
            raise ValidationError(gettext("Choose one from the list."))


class NumberChoiceField(ChoiceField):
    """Single choice of a number, such as the id of a row. The choice of an empty text is None."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, coerce=lambda value: parse_id(str(value)), **kwargs)


class LanguageField(ChoiceField):
    """Choice of one of the languages of pages, in the region's order; by default the first."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        languages = language_choices()
        super().__init__(label, validators, choices=languages, default=languages[0][0], **kwargs)


class ChoicesField(_FieldWithPairs, SelectMultipleField):
    """Multiple choice, rendered as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """Value and label of each choice, for templates that render them in groups."""
        return [(choice[0], choice[1]) for choice in self.iter_choices()]

    def pre_validate(self, form: object) -> None:
        """Reject values that are not among the choices."""
        del form
        allowed = {str(choice[0]) for choice in self.iter_choices()}
        if any(value not in allowed for value in self.data or ()):
            raise ValidationError(gettext("Choose from the list."))
