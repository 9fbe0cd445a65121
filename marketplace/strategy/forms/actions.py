"""Form of an action."""

from collections.abc import Sequence
from typing import Any

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.numbers import HOURS
from marketplace.strategy.limits import MAX_ACTION_TEXT
from marketplace.strategy.prioritizing import EFFECT_LABELS, EFFORT_LABELS, PERFORMER_LABELS
from marketplace.strategy.strategy_template import channel_label, strategy_template
from marketplace.strategy.use_cases.actions import ActionDetails
from marketplace.suppliers.forms.choices import service_groups
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    NokField,
    NumberChoiceField,
    NumberField,
    WrappedTextField,
    length,
    required,
)

MAX_HOURS = 2_000
Named = Sequence[tuple[int, str]]


class ActionForm(BaseForm):
    """Task, objective, performer, dates and cost of an action."""

    what = WrappedTextField(
        _l("What will you do?"),
        [required(), length(3, MAX_ACTION_TEXT)],
        description=_l("Begin with a verb: Take new photos of the cabins."),
    )
    objective_id = NumberChoiceField(_l("Which objective does it serve?"))
    performer = ChoiceField(_l("Who does it?"), [required()], choices=list(PERFORMER_LABELS.items()))
    service_code = ChoiceField(
        _l("Which service do you need?"),
        description=_l("If a supplier does it. Then you can make a brief from the action."),
    )
    channel = ChoiceField(_l("Which channel is it about?"))
    effect = NumberChoiceField(
        _l("How much does it help?"),
        [required()],
        choices=list(EFFECT_LABELS.items()),
    )
    effort = NumberChoiceField(
        _l("How much work is it for you?"),
        [required()],
        choices=list(EFFORT_LABELS.items()),
    )
    own_hours = NumberField(
        _l("Own hours"), high=MAX_HOURS, unit=HOURS, description=_l("Your own work, in total.")
    )
    cost_low_nok = NokField(_l("Lowest cost"), description=_l("Whole kroner excluding VAT."))
    cost_high_nok = NokField(_l("Highest cost"), description=_l("Whole kroner excluding VAT."))
    start_on = DayField(_l("Start"))
    due_on = DayField(_l("Done by"))
    depends_on_id = NumberChoiceField(_l("Must another action be done first?"))

    def __init__(
        self, objectives: Named, others: Named, common_services: Sequence[str] = (), *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        blank = ("", _("Not stated"))
        self.objective_id.set_choices([blank, *objectives])
        self.depends_on_id.set_choices([("", _("No")), *others])
        self.service_code.data = self.service_code.data or ""
        self.service_code.set_choices(_grouped_services(self.service_code.data, common_services))
        self.channel.set_choices(
            [blank, *((code, channel_label(code)) for code in strategy_template().channels)]
        )

    def details(self) -> ActionDetails:
        """Return the submitted details."""
        return self.details_as(ActionDetails)


def _grouped_services(chosen: str, common: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the services by group. A first group without a name has the empty choice, the chosen and the common services."""
    groups = {label: items for _code, label, items in service_groups()}
    labels = {code: label for items in groups.values() for code, label in items}
    first = [(code, labels[code]) for code in dict.fromkeys((chosen, *common)) if code in labels]
    rest = {label: [item for item in items if item not in first] for label, items in groups.items()}
    return {"": [("", _("Not stated")), *first]} | {label: items for label, items in rest.items() if items}
