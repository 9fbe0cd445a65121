"""Form for requesting emergency access to sealed content."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.web.forms import BaseForm, LongTextField, TextField, length, required


class EmergencyAccessForm(BaseForm):
    """The brief to open, and the administrator's written reason."""

    reference = TextField(
        _l("Brief reference"),
        [required(_l("Enter the brief reference.")), length(high=12)],
        description=_l("For example, 2026-0147."),
    )
    reason = LongTextField(
        _l("Why does it need to be opened?"),
        [
            required(_l("Give the reason in a sentence. It will be read by those it affects.")),
            length(high=600),
        ],
        description=_l(
            "The company and the suppliers who have written an offer are sent this by e-mail. The audit log records that it was you."
        ),
    )
