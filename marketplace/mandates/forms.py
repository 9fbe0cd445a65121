"""Forms with which a company gives or changes a mandate and answers a request for confirmation."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from wtforms import BooleanField

from marketplace.core import clock
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.mandates.limits import MAX_TEXT
from marketplace.mandates.rules import default_end
from marketplace.web.forms import BaseForm, ChoiceField, DayField, LongTextField, length, required

if TYPE_CHECKING:
    from marketplace.organisations.models import Company

READS_OFFERS = _l("They may also read the offers, after the deadline, and prepare our choice")


class GiveMandateForm(BaseForm):
    """A new mandate: its business garden, its end date, and access to offers."""

    garden = ChoiceField(_l("Business garden"), [required(_l("Choose a business garden."))])
    until = DayField(_l("Until and including"), [required(_l("Choose an end date."))])
    reads_offers = BooleanField(READS_OFFERS)

    def __init__(
        self, company: "Company", writing: Collection[int] = (), garden_id: int | None = None, **options: Any
    ) -> None:
        """Offer the gardens that follow a company, except `writing`, the ids of gardens that already write for it."""
        gardens = [
            (str(garden.id), garden.name)
            for garden in company.following_gardens
            if garden.is_active and garden.id not in writing
        ]
        chosen = str(garden_id) if garden_id else gardens[0][0] if len(gardens) == 1 else ""
        options.setdefault("data", {"garden": chosen, "until": default_end(clock.today())})
        super().__init__(**options)
        self.garden.set_choices(gardens if len(gardens) == 1 else [("", _("Choose")), *gardens])
        self.has_choices = bool(gardens)


class ChangeMandateForm(BaseForm):
    """End date of a mandate, and its access to offers."""

    until = DayField(_l("Until and including"), [required(_l("Choose an end date."))])
    reads_offers = BooleanField(READS_OFFERS)


class AskConfirmationForm(BaseForm):
    """Text that an adviser writes for an act. `label` is empty if the act has no text."""

    text = LongTextField("", [length(high=MAX_TEXT)])

    def __init__(self, label: object, **options: Any) -> None:
        super().__init__(**options)
        self.has_text_field = bool(label)
        self.text.label.text = str(label)
        self.text.flags.required = self.has_text_field


class DeclineForm(BaseForm):
    """Reason why an owner does not confirm an act."""

    reason = LongTextField(
        _l("Tell your adviser why"),
        [length(high=MAX_TEXT)],
        description=_l("A few words are enough. Your adviser reads them."),
    )
