"""Base form, fields and validators: lenient parsing, bounded input, translated error messages."""

from marketplace.core.text import clean_line
from marketplace.web.forms.base import BaseForm, refuse_form
from marketplace.web.forms.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    DecimalField,
    EmailField,
    LanguageField,
    LongTextField,
    NokField,
    NumberChoiceField,
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
