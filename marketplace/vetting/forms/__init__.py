"""Forms for applying and for deciding on applications."""

from marketplace.vetting.forms.application import (
    ApplyFields,
    ApplyForm,
    RegisterAndApplyForm,
    SubmitAgainForm,
)
from marketplace.vetting.forms.decision import check_decision, checklist_of, decision_form
