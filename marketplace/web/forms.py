"""The base of all forms: our own words for errors, input read forgivingly, nothing that can overflow."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, StopValidation, ValidationError

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext, lazy_gettext, ngettext
from marketplace.core.identifiers import parse_organisation_number
from marketplace.core.money import parse_nok

Check = Callable[[Any, Field], None]
# Format characters (zero width, bidi controls) hide text from people; line breaks and tabs stay in long texts.
_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)


def clean_text(value: str | None) -> str | None:
    """Return text as it is stored: NFC, without hidden characters, with plain line breaks, trimmed."""
    if value is None:
        return None
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _HIDDEN.sub("", text).strip()


def clean_line(value: str | None) -> str | None:
    """Return a single line of text as it is stored."""
    text = clean_text(value)
    return re.sub(r"\s+", " ", text) if text is not None else None


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


def required(message: str | None = None) -> Check:
    """Refuse an empty answer."""

    def check(_form: object, field: Field) -> None:
        data = field.data
        if data is None or (isinstance(data, str) and not data.strip()) or data == [] or data is False:
            if field.errors:
                raise StopValidation
            raise StopValidation(str(message) if message else gettext("Fill in this field."))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # because WTForms reads flags from validators
    return check


def length(low: int = 0, high: int = 0) -> Check:
    """Refuse a text that is too short or too long, counted in characters; empty is for `required` to say."""

    def check(_form: object, field: Field) -> None:
        count = len(field.data or "")
        if high and count > high:
            raise ValidationError(
                ngettext(
                    "Shorten this to %(num)s character. It has %(count)s now.",
                    "Shorten this to %(num)s characters. It has %(count)s now.",
                    high,
                    count=count,
                )
            )
        if count and count < low:
            raise ValidationError(
                ngettext("Write at least %(num)s character.", "Write at least %(num)s characters.", low)
            )

    return check


def email() -> Check:
    """Refuse what cannot be an e-mail address; the domain is not looked up. Stores it in lower case."""

    def check(_form: object, field: Field) -> None:
        if not field.data:
            return
        try:
            found = validate_email(field.data[:300], check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError(gettext("Write an e-mail address like name@company.no.")) from error
        field.data = found.normalized.lower()

    return check


def web_address() -> Check:
    """Refuse what is not a web address; a missing https:// is added."""

    def check(_form: object, field: Field) -> None:
        if not field.data:
            return
        address = field.data if "://" in field.data else f"https://{field.data}"
        if not re.fullmatch(r"https?://[^\s/<>\"'@:]+\.[^\s/<>\"'@:]{2,}(:\d{1,5})?(/[^\s<>\"']*)?", address):
            raise ValidationError(gettext("Write a web address like www.company.no."))
        field.data = address

    return check


class TextField(StringField):
    """One line of text, cleaned."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the first value and clean it."""
        self.data = clean_line(valuelist[0]) if valuelist else self.data

    def _value(self) -> str:
        return self.data or ""


class LongTextField(TextAreaField):
    """Several lines of text, cleaned."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the first value and clean it."""
        self.data = clean_text(valuelist[0]) if valuelist else self.data


class EmailField(TextField):
    """An e-mail address; add the `email()` check."""

    widget = widgets.EmailInput()


class SecretField(PasswordField):
    """A password, kept to the letter; at most 500 characters are read."""

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
            raise ValueError(gettext("Write an amount in whole kroner, like 12 500.")) from error


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
            raise ValueError(gettext("Write a whole number, at most %(high)s.", high=self.high))
        return int(compact)


class DayField(_KeepsWhatWasTyped):
    """A date, shown by the browser's own picker; "24.12.2026" typed by hand is read as well."""

    widget = widgets.DateInput()

    def show(self, value: Any) -> str:
        """Return the date as the browser wants it."""
        return str(value.isoformat())

    def read(self, text: str) -> dt.date:
        """Return the date."""
        day = parse_day(text)
        if day is None:
            raise ValueError(gettext("Write a date like 24.12.2026."))
        return day


def parse_day(text: str) -> dt.date | None:
    """Return the date in "2026-12-24", "24.12.2026" or "24/12/2026", or None; years 2000 to 2100."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    parts = match.groups() if match else None
    if parts is None:
        match = re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text.replace(" ", ""))
        parts = match.groups()[::-1] if match else None
    if parts is None:
        return None
    try:
        day = dt.date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None  # noqa: PLR2004 because nothing here happens outside


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
                gettext("This is not a valid organisation number. It has nine digits, like 974 760 673.")
            ) from error


class ChoiceField(SelectField):
    """One of several, as a list or as radio buttons; the error text says what to do."""

    def pre_validate(self, form: object) -> None:
        """Refuse what is not among the choices."""
        del form
        if self.data in (None, "", "None"):
            return
        if self.data not in {str(value) for value, *_rest in self.iter_choices()}:
            raise ValidationError(gettext("Choose one from the list."))


class ChoicesField(SelectMultipleField):
    """Any of several, as tick boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def pre_validate(self, form: object) -> None:
        """Refuse what is not among the choices."""
        del form
        allowed = {str(value) for value, *_rest in self.iter_choices()}
        if any(value not in allowed for value in self.data or ()):
            raise ValidationError(gettext("Choose from the list."))


__all__ = [
    "BaseForm",
    "ChoiceField",
    "ChoicesField",
    "DayField",
    "EmailField",
    "InputRequired",
    "LongTextField",
    "NokField",
    "NumberField",
    "OrganisationNumberField",
    "SecretField",
    "TextField",
    "clean_line",
    "clean_text",
    "email",
    "lazy_gettext",
    "length",
    "parse_day",
    "required",
    "web_address",
]
