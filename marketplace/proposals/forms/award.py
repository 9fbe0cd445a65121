"""Forms of the company: award, no award, ruling out, deadline extension and handover."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField

from marketplace.core import clock
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.proposals.decision_reasons import CLOSING_REASONS, REASONS
from marketplace.proposals.lifecycle import HANDOVER_ANSWERS
from marketplace.proposals.limits import MAX_DECISION_TEXT_LENGTH
from marketplace.proposals.queries import Offer
from marketplace.proposals.use_cases import AwardDetails, RejectionReply
from marketplace.web.forms import BaseForm, ChoiceField, DayField, LongTextField, NokField, length, required


class AwardForm(BaseForm):
    """The agreement with the chosen supplier; `award_form` adds the answers to the other suppliers."""

    price_nok = NokField(
        _l("Agreed one-off price"),
        [required(_l("Enter the price you have agreed on."))],
        description=_l("Excluding VAT. Usually the sum in the offer."),
    )
    start_on = DayField(_l("Agreed start"), [required(_l("Enter the date you have agreed on."))])
    reason = LongTextField(
        _l("Why did you choose this offer?"),
        [
            required(_l("Explain why you chose this offer.")),
            length(high=MAX_DECISION_TEXT_LENGTH),
        ],
        description=_l("One or two sentences. The supplier reads them."),
    )
    still_stands = BooleanField(_l("The supplier has confirmed that the offer is still valid"))

    def code(self, offer: Offer) -> Any:
        """Return the field of the reason for an offer that was not chosen."""
        return self[f"code_{offer.id}"]

    def text(self, offer: Offer) -> Any:
        """Return the field of the message to a supplier that was not chosen."""
        return self[f"text_{offer.id}"]

    def good(self, offer: Offer) -> Any:
        """Return the field of the positive remark."""
        return self[f"good_{offer.id}"]

    def details(self, chosen: Offer) -> AwardDetails:
        """Return the submitted agreement."""
        return AwardDetails(
            chosen.id,
            self.price_nok.data,
            self.start_on.data,
            self.reason.data or "",
            bool(self.still_stands.data),
        )

    def replies(self, others: Sequence[Offer]) -> dict[int, RejectionReply]:
        """Return the submitted answers to the offers that were not chosen."""
        return {
            offer.id: RejectionReply(
                self.code(offer).data or "", self.text(offer).data or "", self.good(offer).data or ""
            )
            for offer in others
        }


def award_form(chosen: Offer, others: Sequence[Offer]) -> AwardForm:
    """Build the award form, with an answer to each offer that is not chosen."""
    codes = [("", _("Choose a reason")), *((code, str(label)) for code, label in REASONS.items())]
    fields: dict[str, Any] = {}
    start = chosen.content.start
    values: dict[str, Any] = {
        "price_nok": chosen.content.one_off,
        "start_on": start if start and start >= clock.today() else None,
    }
    for other in others:
        fields[f"code_{other.id}"] = ChoiceField(
            _("What decided the outcome"),
            [required(_("Choose a reason for %(supplier)s.", supplier=other.name))],
            choices=codes,
        )
        fields[f"text_{other.id}"] = LongTextField(
            _("Explain in one sentence"),
            [
                required(_("Write a sentence for %(supplier)s.", supplier=other.name)),
                length(high=MAX_DECISION_TEXT_LENGTH),
            ],
        )
        fields[f"good_{other.id}"] = LongTextField(
            _("What was good"), [length(high=MAX_DECISION_TEXT_LENGTH)]
        )
        if (
            other.outcome_code in REASONS
        ):  # rejected before a choice that was undone; else the text is for another letter
            values[f"code_{other.id}"] = other.outcome_code
            values[f"text_{other.id}"], values[f"good_{other.id}"] = other.outcome_text, other.outcome_good
    form: AwardForm = type("BriefAwardForm", (AwardForm,), fields)(data=values)
    return form


class NoAwardForm(BaseForm):
    """The reason for choosing no offer, sent to every bidder."""

    code = ChoiceField(
        _l("Why are you not choosing anyone?"),
        [required(_l("Choose a reason."))],
        choices=list(CLOSING_REASONS.items()),
    )
    text = LongTextField(
        _l("A sentence to everyone who answered"),
        [length(high=MAX_DECISION_TEXT_LENGTH)],
        description=_l("Everyone gets the same reason. Say what would have made the difference."),
    )

    def reply(self) -> RejectionReply:
        """Return the submitted answer to all bidders."""
        return RejectionReply(self.code.data or "", self.text.data or "")


class RuleOutForm(BaseForm):
    """The must-have that is not met, with an explanation."""

    demand = ChoiceField(
        _l("Which must-have is not met?"), [required(_l("Choose the must-have that is not met."))]
    )
    text = LongTextField(
        _l("What is missing?"),
        [required(_l("Describe in one sentence what is missing.")), length(high=MAX_DECISION_TEXT_LENGTH)],
        description=_l("The supplier can read this."),
    )

    def __init__(self, demands: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.demand.set_choices([(demand, demand) for demand in demands])


class ExtendWithoutOffersForm(BaseForm):
    """A new deadline."""

    day = DayField(_l("New deadline"), [required(_l("Choose a date."))])


class HandoverForm(BaseForm):
    """The handover checklist; `handover_form` adds a field per item."""

    def answers(self) -> dict[str, str]:
        """Return the submitted checklist items."""
        return {field.name: field.data or "" for field in self if isinstance(field, ChoiceField)}


def handover_form(items: Mapping[str, Any], answers: Mapping[str, str]) -> HandoverForm:
    """Build the handover checklist with the answers so far."""
    message = _("Answer every item. “Not done” is an answer too.")
    choices = [(code, str(label)) for code, label in HANDOVER_ANSWERS.items()]
    fields = {
        item: ChoiceField(str(label), [required(message)], choices=choices) for item, label in items.items()
    }
    form: HandoverForm = type("FullHandoverForm", (HandoverForm,), fields)(data=dict(answers))
    return form
