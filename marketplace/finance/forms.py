"""Forms for hours, money, fees and state aid."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dateutil.relativedelta import relativedelta

from marketplace.core import clock
from marketplace.core.currencies import (
    CURRENCIES,
    MINOR_DECIMALS,
    RATE_DECIMALS,
    find_currency,
    parse_amount,
    parse_rate,
)
from marketplace.core.errors import RuleBroken, UnreadableInputError
from marketplace.core.i18n import format_month_and_year, gettext as _, lazy_gettext as _l
from marketplace.core.numbers import MILLI, format_plain_scaled, parse_milli
from marketplace.finance.labels import (
    ACTIVITIES,
    AID_BASES,
    COST_CATEGORIES,
    FEE_STATES,
    FUNDING_KINDS,
    NOT_NOTED,
)
from marketplace.finance.use_cases.aid import AidDetails, FeeDetails
from marketplace.finance.use_cases.hours import HoursDetails
from marketplace.finance.use_cases.money import EntryDetails, Money, SourceDetails
from marketplace.programme.queries.projects import ProjectAccess
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    DecimalField,
    NumberChoiceField,
    TextField,
    length,
    required,
)
from marketplace.web.forms.fields import ParsedTextField

MAX_HOURS_MILLI = 400_000
MINUTES_PER_HOUR = 60
MAX_MONTHS = 60
_HOURS_AND_MINUTES = re.compile(
    r"([0-9]{1,3})\s*(?::|(?:timer?|timar|t|hours?|h)\.?(?:\s*(?:og|and))?)\s*([0-5]?[0-9])\s*(?:m|min\.?|minutt(?:er)?|minutes?)?",
    re.IGNORECASE,
)
Named = Sequence[tuple[int, str]]


class AmountField(ParsedTextField):
    """Amount with up to two decimals, parsed to minor units. It is in kroner unless another field has the currency."""

    def __init__(self, *args: Any, has_currency_field: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_currency_field = has_currency_field

    @property
    def named_currency(self) -> str:
        """The currency that is typed with the amount; empty if there is none."""
        return find_currency(self.typed or "")

    def format_value(self, value: Any) -> str:
        """Format the amount without a currency."""
        return format_plain_scaled(value, MINOR_DECIMALS)

    def parse(self, text: str) -> int:
        """Parse to minor units."""
        if not self.has_currency_field and find_currency(text) not in {"", "NOK"}:
            raise UnreadableInputError(_("Enter the amount in Norwegian kroner."))
        return parse_amount(text)


class RateField(ParsedTextField):
    """Exchange rate with up to four decimals, as ten-thousandths."""

    def format_value(self, value: Any) -> str:
        """Format the rate."""
        return format_plain_scaled(value, RATE_DECIMALS)

    def parse(self, text: str) -> int:
        """Parse to ten-thousandths."""
        return parse_rate(text)


class HoursField(DecimalField):
    """Hours as a decimal number, or as hours and minutes, parsed to thousandths of an hour."""

    def parse(self, text: str) -> int:
        """Parse to thousandths of an hour."""
        return parse_hours(text)


def parse_hours(text: str) -> int:
    """Parse hours to thousandths of an hour: "7,5", "7½", "7:30", "7 t 30 min". Raises UnreadableInputError."""
    if match := _HOURS_AND_MINUTES.fullmatch(text.strip()):
        milli = int(match[1]) * MILLI + round(int(match[2]) * MILLI / MINUTES_PER_HOUR)
    else:
        milli = parse_milli(text.replace("½", ",5"))
    if not 0 <= milli <= MAX_HOURS_MILLI:
        raise UnreadableInputError(
            _("Enter hours from 0 to %(most)s, like 7,5.", most=MAX_HOURS_MILLI // MILLI)
        )
    return milli


class HoursForm(BaseForm):
    """Time that a person spent in a month."""

    user_id = NumberChoiceField(_l("Person"), [required()])
    month = ChoiceField(_l("Month"), [required()])
    place_id = NumberChoiceField(_l("Place"))
    activity = ChoiceField(_l("Activity"), [required()], choices=list(ACTIVITIES.items()))
    hours = HoursField(_l("Hours"), [required()], description=_l("For example 7,5."))

    def __init__(
        self, access: ProjectAccess, people: Named, places: Named, *args: object, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user_id.set_choices(people)
        self.month.set_choices(
            [(month.isoformat(), format_month_and_year(month)) for month in project_months(access)]
        )
        self.place_id.set_choices([("", _("No place")), *places])

    def details(self) -> HoursDetails:
        """Return the submitted details."""
        return HoursDetails(
            user_id=self.user_id.data,
            month=dt.date.fromisoformat(self.month.data),
            place_id=self.place_id.data,
            activity=self.activity.data,
            minutes=round(self.hours.data * MINUTES_PER_HOUR / MILLI),
        )


def project_months(access: ProjectAccess) -> list[dt.date]:
    """Return the first day of each month of a project until today, newest first."""
    project = access.project
    month = min(clock.today(), project.ends_on or clock.today()).replace(day=1)
    first = project.starts_on.replace(day=1)
    months: list[dt.date] = []
    while month >= first and len(months) < MAX_MONTHS:
        months.append(month)
        month -= relativedelta(months=1)
    return months


class _MoneyForm(BaseForm):
    """An amount, its currency and a dated exchange rate."""

    amount = AmountField(_l("Amount"), [required()], has_currency_field=True)
    currency = ChoiceField(_l("Currency"), [required()], choices=[(code, code) for code in CURRENCIES])
    rate = RateField(
        _l("Exchange rate"),
        description=_l(
            "Kroner for one euro, like 11,4325. Amounts in euro without a rate are added up separately."
        ),
    )
    rate_on = DayField(_l("Date of the exchange rate"))

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Refuse an amount that is typed with another currency than the chosen one."""
        is_valid = bool(super().validate(extra_validators))
        if is_valid and self.amount.named_currency not in {"", self.currency.data}:
            message = _(
                "You wrote the amount in %(typed)s and chose %(chosen)s. Change one of them.",
                typed=self.amount.named_currency,
                chosen=self.currency.data,
            )
            self.add_rule_error(RuleBroken(message, "amount"))
            return False
        return is_valid

    def money(self) -> Money:
        """Return the submitted amount."""
        return Money(self.amount.data, self.currency.data, self.rate.data, self.rate_on.data)


class SourceForm(_MoneyForm):
    """An agreed contribution to a project."""

    page_order = ("name", "kind", "amount", "currency", "rate", "rate_on")

    name = TextField(_l("Who contributes"), [required(), length(2, 80)])
    kind = ChoiceField(_l("Kind of funding"), [required()], choices=list(FUNDING_KINDS.items()))

    def details(self) -> SourceDetails:
        """Return the submitted details."""
        return SourceDetails(self.kind.data, self.name.data or "", self.money())


class EntryForm(_MoneyForm):
    """A booked income or cost."""

    page_order = (
        "source_or_category",
        "booked_on",
        "amount",
        "currency",
        "rate",
        "rate_on",
        "place_id",
        "reference",
    )

    source_or_category = ChoiceField(_l("Income or cost"), [required()])
    booked_on = DayField(_l("Date in the accounts"), [required()])
    place_id = NumberChoiceField(_l("Place"))
    reference = TextField(
        _l("Voucher number"),
        [length(high=40)],
        description=_l("So that the entry is found in your accounts."),
    )

    def __init__(self, sources: Mapping[int, str], places: Named, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        costs = [(code, _("Cost: %(name)s", name=label)) for code, label in COST_CATEGORIES.items()]
        incomes = [(f"source-{key}", _("Income: %(name)s", name=name)) for key, name in sources.items()]
        self.source_or_category.set_choices([("", _("Choose")), *costs, *incomes])
        self.place_id.set_choices([("", _("No place")), *places])

    def details(self) -> EntryDetails:
        """Return the submitted details."""
        chosen = self.source_or_category.data
        source = chosen.removeprefix("source-") if chosen.startswith("source-") else ""
        return EntryDetails(
            money=self.money(),
            booked_on=self.booked_on.data,
            source_id=int(source) if source else None,
            category="" if source else chosen,
            place_id=self.place_id.data,
            reference=self.reference.data or "",
        )


def _required_unless_taken_back(form: "FeeForm", field: AmountField) -> None:
    if form.state.data != NOT_NOTED:
        required()(form, field)


class FeeForm(BaseForm):
    """The state of the participation fee of the chosen companies. A fee that is taken back needs no amount."""

    state = ChoiceField(
        _l("Status of the fee"),
        [required()],
        choices=[*FEE_STATES.items(), (NOT_NOTED, _l("Not noted: take back what was noted by mistake"))],
    )
    amount = AmountField(_l("Amount in kroner"), [_required_unless_taken_back])
    on = DayField(_l("Date"), [required()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not self.on.data and self.on.typed is None:
            self.on.data = clock.today()

    def details(self) -> FeeDetails:
        """Return the submitted details."""
        return FeeDetails(self.state.data, self.amount.data or 0, self.on.data)


class AidForm(BaseForm):
    """State aid to a company."""

    amount = AmountField(
        _l("Value in kroner"),
        [required()],
        description=_l(
            "What the company receives without paying for it: the price of the course and the advice, less its fee."
        ),
    )
    basis = ChoiceField(_l("Legal basis"), [required()], choices=list(AID_BASES.items()))
    granted_on = DayField(_l("Granted on"), [required()])
    reference = TextField(_l("Reference"), [length(high=40)])

    def details(self) -> AidDetails:
        """Return the submitted details."""
        return self.details_as(AidDetails)
