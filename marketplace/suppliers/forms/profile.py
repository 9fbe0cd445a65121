"""The sections of a profile, each a form of its own."""

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
    """Name, seat and contact."""


class TextForm(TextFields):
    """The profile text."""


class NoteFields(BaseForm):
    """A word to the garden."""

    note = LongTextField(
        _l("A message to the business garden"),
        [length(high=1500)],
        description=_l("A customer they can call, or what you have changed. Only the garden can see it."),
    )


class ServicesForm(ServiceFields, NoteFields):
    """What is sold."""


class TradesForm(TradeFields):
    """Trades and languages."""


class AreaForm(AreaFields):
    """Where jobs are taken."""


class PriceForm(PriceFields):
    """Price and time."""


class CaseForm(CaseFields):
    """A job done."""
