"""Base form, fields and validators: lenient parsing, bounded input, translated error messages."""

from marketplace.core.text import clean_line, clean_text
from marketplace.web.forms.base import BaseForm, display_value, refuse_form
from marketplace.web.forms.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    DecimalField,
    EmailField,
    LanguageField,
    LongTextField,
    NokField,
    NumberField,
    OrganisationNumberField,
    SecretField,
    TextField,
    TimeField,
    UploadField,
    WebAddressField,
    WrappedTextField,
)
from marketplace.web.forms.validators import Check, email, length, missing_value_message, required, telephone

__all__ = [
    "BaseForm",
    "Check",
    "ChoiceField",
    "ChoicesField",
    "DayField",
    "DecimalField",
    "EmailField",
    "LanguageField",
    "LongTextField",
    "NokField",
    "NumberField",
    "OrganisationNumberField",
    "SecretField",
    "TextField",
    "TimeField",
    "UploadField",
    "WebAddressField",
    "WrappedTextField",
    "clean_line",
    "clean_text",
    "display_value",
    "email",
    "length",
    "missing_value_message",
    "refuse_form",
    "required",
    "telephone",
]
