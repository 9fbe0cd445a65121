"""Forms for suppliers and for the gardens' desk."""

from marketplace.suppliers.forms.applying import ApplyFields, ApplyForm, RegisterAndApplyForm
from marketplace.suppliers.forms.desk import checklist_of, decision_form
from marketplace.suppliers.forms.profile import (
    AreaForm,
    BasicsForm,
    CaseForm,
    PriceForm,
    ServicesForm,
    SubmitAgainForm,
    TextForm,
    TradesForm,
)

__all__ = [
    "ApplyFields",
    "ApplyForm",
    "AreaForm",
    "BasicsForm",
    "CaseForm",
    "PriceForm",
    "RegisterAndApplyForm",
    "ServicesForm",
    "SubmitAgainForm",
    "TextForm",
    "TradesForm",
    "checklist_of",
    "decision_form",
]
