"""Forms for the sections of a supplier's profile."""

from marketplace.suppliers.forms.profile import (
    AreaForm,
    BasicsForm,
    CaseForm,
    CaseImageForm,
    LogoForm,
    PriceForm,
    ServicesForm,
    TextForm,
    TradesForm,
)
