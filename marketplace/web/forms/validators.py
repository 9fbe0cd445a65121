"""Validators for form fields, with translated and actionable messages."""

from collections.abc import Callable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from marketplace.core.i18n import gettext, ngettext

Check = Callable[[Any, Field], None]


def required(message: str | None = None) -> Check:
    """Require a value."""

    def check(_form: object, field: Field) -> None:
        data = field.data
        if data is None or (isinstance(data, str) and not data.strip()) or data == [] or data is False:
            if field.errors:
                raise StopValidation
            raise StopValidation(str(message) if message else gettext("Complete this field."))

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


def email() -> Check:
    """Require a valid e-mail address, without a DNS lookup. Normalises it to lower case."""

    def check(_form: object, field: Field) -> None:
        if not field.data:
            return
        try:
            valid = validate_email(field.data[:300], check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError(gettext("Enter an e-mail address, like name@company.no.")) from error
        field.data = valid.normalized.lower()

    return check
