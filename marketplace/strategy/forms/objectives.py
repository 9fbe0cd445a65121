"""Forms of an objective and of its measurements."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from marketplace.core import clock
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.strategy.indicators import KINDS, indicators
from marketplace.strategy.limits import MAX_INDICATOR_NAME, MAX_OBJECTIVE_TEXT, MAX_SOURCE, MAX_UNIT
from marketplace.strategy.objective_state import Direction, Rhythm
from marketplace.strategy.units import UNITS
from marketplace.strategy.use_cases.measurements import MeasurementDetails
from marketplace.strategy.use_cases.objectives import BASELINE_DAYS, OWN_UNIT, ObjectiveDetails, detail_errors
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    DecimalField,
    NumberField,
    TextField,
    WrappedTextField,
    length,
    required,
)

MAX_COUNT = 999_999_999
RHYTHMS = {
    Rhythm.MONTHLY: _l("Every month"),
    Rhythm.QUARTERLY: _l("Every three months"),
    Rhythm.ONCE: _l("Once, on the target date"),
}
DIRECTIONS = {Direction.UP: _l("It should go up"), Direction.DOWN: _l("It should go down")}


class ObjectiveForm(BaseForm):
    """An objective: text, indicator, unit and direction, baseline and target, source and rhythm."""

    text = WrappedTextField(
        _l("What do you want to achieve?"),
        [required(), length(3, MAX_OBJECTIVE_TEXT)],
        description=_l("One sentence, like: More customers book on our own page."),
    )
    indicator = HiddenField()
    indicator_name = TextField(
        _l("What do you count?"),
        [required(), length(2, MAX_INDICATOR_NAME)],
        description=_l("For example: Bookings on our own page."),
    )
    unit = ChoiceField(_l("Unit"), [required()])
    own_unit = TextField(
        _l("Own unit"), [length(1, MAX_UNIT)], description=_l("Only if you chose your own unit above.")
    )
    direction = ChoiceField(
        _l("Should the number go up or down?"), [required()], choices=list(DIRECTIONS.items())
    )
    baseline = DecimalField(_l("The number today"))
    is_baseline_unknown = BooleanField(
        _l("We do not know the number today"),
        description=_l("You get an action to measure it within %(num)s days.", num=BASELINE_DAYS),
    )
    baseline_on = DayField(_l("When was the number measured?"))
    target = DecimalField(_l("The target"), [required()])
    target_on = DayField(_l("Reached by"), [required()])
    source = TextField(
        _l("Where does the number come from?"),
        [length(1, MAX_SOURCE)],
        description=_l("For example: the booking system."),
    )
    rhythm = ChoiceField(_l("How often do you measure?"), [required()], choices=list(RHYTHMS.items()))
    kind = ChoiceField(_l("What is it about?"), [required()], choices=list(KINDS.items()))
    audience = ChoiceField(_l("Which customers is it about?"))

    def __init__(self, audiences: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [("", _("Choose")), *((code, unit.label) for code, unit in UNITS.items())]
        self.unit.set_choices([*known, (OWN_UNIT, _("Own unit"))])
        saved = self.audience.object_data
        names = [*audiences, *([saved] if saved and saved not in audiences else [])]
        self.audience.set_choices([("", _("All")), *((name, name) for name in names)])

    def validate_target_on(self, field: DayField) -> None:
        """Refuse a date in the past, unless it is the saved one."""
        if field.data and field.data != field.object_data and field.data < clock.today():
            raise ValidationError(_("The target date has passed."))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Check the fields, then the rules that concern several of them."""
        is_valid = bool(super().validate(extra_validators))
        errors = detail_errors(self.details())
        for error in errors:
            # A field with an error of its own has no value to apply a rule to.
            if error.field is None or not self[error.field].errors:
                self.add_rule_error(error)
        return is_valid and not errors

    def details(self) -> ObjectiveDetails:
        """Return the submitted details."""
        code = (self.indicator.data or "")[:20]
        return ObjectiveDetails(
            text=self.text.data or "",
            indicator=code if code in indicators() else "",
            indicator_name=self.indicator_name.data or "",
            unit=self.unit.data or "",
            own_unit=(self.own_unit.data or "") if self.unit.data == OWN_UNIT else "",
            direction=self.direction.data,
            baseline=self.baseline.data,
            is_baseline_unknown=bool(self.is_baseline_unknown.data),
            baseline_on=None if self.is_baseline_unknown.data else self.baseline_on.data or clock.today(),
            target=self.target.data,
            target_on=self.target_on.data,
            source=self.source.data or "",
            rhythm=self.rhythm.data,
            kind=self.kind.data,
            audience=self.audience.data or "",
        )


class MeasurementForm(BaseForm):
    """A measured value, or the numerator and denominator of a share, with date and source."""

    value = DecimalField(_l("The number"))
    numerator = NumberField(_l("Part"), high=MAX_COUNT)
    denominator = NumberField(_l("Total"), high=MAX_COUNT)
    measured_on = DayField(_l("Date"), [required()])
    source = TextField(_l("Where does the number come from?"), [length(1, MAX_SOURCE)])
    is_baseline = BooleanField(_l("Use this as the starting number"))

    def details(self) -> MeasurementDetails:
        """Return the submitted measurement."""
        return self.details_as(MeasurementDetails)
