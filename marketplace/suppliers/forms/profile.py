"""One form for each section of the profile."""

from marketplace.core.i18n import lazy_gettext as _l
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
from marketplace.web.forms import BaseForm, LongTextField, length


class BasicsForm(BasicsFields, ContactFields):
    """Name, municipality and contact."""


class TextForm(TextFields):
    """Profile text."""


class NoteFields(BaseForm):
    """Note to the garden."""

    note = LongTextField(
        _l("A message to the business garden"),
        [length(high=1500)],
        description=_l("A customer they can call, or what you have changed. Only the garden can see it."),
    )


class ServicesForm(ServiceFields, NoteFields):
    """Services sold."""


class TradesForm(TradeFields):
    """Trades and languages."""


class AreaForm(AreaFields):
    """Way of working, and areas."""


class PriceForm(PriceFields):
    """Price and availability."""


class CaseForm(CaseFields):
    """Case study."""
