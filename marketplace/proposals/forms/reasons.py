"""Forms with a reason as their only field."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.proposals.limits import MAX_DECISION_TEXT_LENGTH, MAX_WITHDRAWAL_LENGTH
from marketplace.web.forms import BaseForm, LongTextField, length


class WithdrawOfferForm(BaseForm):
    """The supplier's optional reason for withdrawing an offer."""

    reason = LongTextField(_l("Why are you withdrawing the offer?"), [length(high=MAX_WITHDRAWAL_LENGTH)])


class ReasonForm(BaseForm):
    """A reason that the use case requires."""

    reason = LongTextField(
        _l("Why?"), [length(high=MAX_DECISION_TEXT_LENGTH)], render_kw={"aria-required": "true"}
    )
