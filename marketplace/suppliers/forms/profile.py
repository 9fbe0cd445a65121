"""One form for each section of the profile."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.files.limits import MAX_FILE_MEGABYTES
from marketplace.suppliers.forms.fields import (
    AreaFields,
    BasicsFields,
    CaseFields,
    ContactFields,
    PriceFields,
    ServiceFields,
    TextFields,
    TradeFields,
)
from marketplace.suppliers.limits import MAX_IMAGE_TEXT_LENGTH, MAX_NOTE_LENGTH
from marketplace.web.forms import BaseForm, LongTextField, TextField, UploadField, length, required

IMAGE_TYPES = "image/jpeg,image/png,image/webp"


class BasicsForm(BasicsFields, ContactFields):
    """Name, municipality and contact."""


class TextForm(TextFields):
    """Profile text."""


class NoteFields(BaseForm):
    """Note to the garden."""

    note = LongTextField(
        _l("A message to the business garden"),
        [length(high=MAX_NOTE_LENGTH)],
        description=_l("A customer they can call, or what you have changed. Only the garden can see it."),
    )


class ServicesForm(ServiceFields, NoteFields):
    """Services that a supplier sells."""


class TradesForm(TradeFields):
    """Sectors and languages."""


class AreaForm(AreaFields):
    """Where a supplier works: online or at the customer, and in which areas."""


class PriceForm(PriceFields):
    """Price and availability."""


class CaseForm(CaseFields):
    """Case study."""


class LogoForm(BaseForm):
    """Logo of the supplier."""

    file = UploadField(
        _l("Logo"),
        accept=IMAGE_TYPES,
        description=_l("A JPEG, PNG or WebP image of at most %(size)s MB.", size=MAX_FILE_MEGABYTES),
    )


class CaseImageForm(BaseForm):
    """Image of a case study, with a text for those who cannot see it."""

    file = UploadField(
        _l("Image"),
        accept=IMAGE_TYPES,
        description=_l("A JPEG, PNG or WebP image of at most %(size)s MB.", size=MAX_FILE_MEGABYTES),
    )
    alternative_text = TextField(
        _l("What does the image show?"),
        [required(_l("Describe what the image shows.")), length(high=MAX_IMAGE_TEXT_LENGTH)],
        description=_l("One sentence, read aloud to people who cannot see the image."),
    )
