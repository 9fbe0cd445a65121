"""Validators for form fields, with translated and actionable messages."""

from collections.abc import Callable
from typing import Any

from wtforms import Field, SelectFieldBase
from wtforms.validators import StopValidation, ValidationError

from marketplace.core.email_address import InvalidEmailError, NonAsciiLocalPartError, parse_email
from marketplace.core.i18n import gettext, ngettext
from marketplace.core.telephone import has_number
from marketplace.web.forms.fields import DayField, NumberField, TimeField

Check = Callable[[Any, Field], None]


def missing_value_message(field: Field) -> str:
    """Return a message that names the field and says how to fill it in."""
    label = str(field.label.text)
    if label.endswith("?"):
        return gettext("Answer “%(question)s”.", question=label)
    if isinstance(field, DayField):
        return gettext("Enter a date, like 24.12.2026.")
    if isinstance(field, TimeField):
        return gettext("Enter a time for “%(field)s”.", field=label)
    if isinstance(field, NumberField):
        return gettext("Enter a number for “%(field)s”.", field=label)
    # A label that is an abbreviation keeps its capitals.
    name = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    if isinstance(field, SelectFieldBase):
        return gettext("Choose one: %(field)s.", field=name)
    return gettext("Enter %(field)s.", field=name)


def required(message: str | None = None) -> Check:
    """Require a value. The default message names the field by its label."""

    def check(_form: object, field: Field) -> None:
        data = field.data
        if data is None or (isinstance(data, str) and not data.strip()) or data == [] or data is False:
            if field.errors:
                raise StopValidation
            raise StopValidation(str(message) if message else missing_value_message(field))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # because WTForms reads flags from validators
    return check


def length(low: int = 0, high: int = 0) -> Check:
    """Limit the length of a text in characters. An empty value passes; see `required`."""

    def check(_form: object, field: Field) -> None:
        count = len(field.data or "")
        if high and count > high:
            raise ValidationError(
                ngettext(
                    "Shorten this to %(num)s character. It is now %(count)s.",
                    "Shorten this to %(num)s characters. It is now %(count)s.",
                    high,
                    count=count,
                )
            )
        if count and count < low:
            raise ValidationError(
                ngettext("Enter at least %(num)s character.", "Enter at least %(num)s characters.", low)
            )

    return check


def telephone() -> Check:
    """Require a telephone number in the text. Words beside it stay."""

    def check(_form: object, field: Field) -> None:
        if field.data and not has_number(field.data):
            raise ValidationError(
                gettext("Enter a telephone number of eight digits, or one with its country code.")
            )

    return check


def email() -> Check:
    """Require a valid e-mail address, and convert it to its normal form."""

    def check(_form: object, field: Field) -> None:
        if not field.data:
            return
        try:
            field.data = parse_email(field.data)
        except NonAsciiLocalPartError as error:
            raise ValidationError(
                gettext(
                    "Only the letters a to z can be used before the @: many mail servers cannot receive others. Ask your provider for an address without them."
                )
            ) from error
        except InvalidEmailError as error:
            raise ValidationError(gettext("Enter an e-mail address, like name@company.no.")) from error

    return check
