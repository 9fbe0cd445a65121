"""Forms of the sections of a strategy."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from wtforms import BooleanField

from marketplace.core.i18n import current_locale, format_month, gettext as _, lazy_gettext as _l, localized
from marketplace.core.numbers import HOURS
from marketplace.strategy import limits
from marketplace.strategy.content import Audience, Budget, Channel, Gap, Offer
from marketplace.strategy.forms.section_base import SectionForm, line_fields, lines_data, row_prefixes
from marketplace.strategy.strategy_template import channel_label, strategy_template
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    DayField,
    LanguageField,
    LongTextField,
    NokField,
    NumberField,
    TextField,
    WrappedTextField,
    length,
)

MONTHS = tuple(range(1, 13))


def section_form(section: str) -> type[SectionForm]:
    """Return the form class of a section, with its texts in the current language. Raises KeyError."""
    return _form_class(section, current_locale())


@cache
def _form_class(section: str, _locale: str) -> type[SectionForm]:
    """Build a form class once for each language, because the form of the channels has 88 fields."""
    base, fields = _FORMS[section]
    return type(base.__name__, (base,), fields())


class CompanyForm(SectionForm):
    """One sentence about the company, its vision, offers and strengths."""

    one_line = WrappedTextField(validators=[length(high=limits.MAX_ONE_LINE)])
    vision = LongTextField(validators=[length(high=limits.MAX_VISION)])
    offers = row_prefixes("offers", limits.MAX_OFFERS)

    @classmethod
    def flatten(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the values of the section to the data of its fields."""
        data = {"one_line": values["one_line"], "vision": values["vision"]}
        for prefix, offer in zip(cls.offers, values["offers"], strict=False):
            data |= {
                f"{prefix}name": offer["name"],
                f"{prefix}importance": str(offer["importance"]),
                f"{prefix}months": [str(month) for month in offer["months"]],
            }
        return data | lines_data(values["strengths"], "strengths_")

    def check_rows(self) -> bool:
        """Require a name in each row with other values."""
        return self.require_names(self.offers)

    def values(self) -> dict[str, Any]:
        """Convert the data of the fields to the values of the section."""
        return {
            "one_line": self.text("one_line"),
            "vision": self.text("vision"),
            "offers": tuple(
                Offer(
                    self.text(f"{prefix}name"),
                    int(self[f"{prefix}importance"].data or 2),
                    tuple(int(month) for month in self[f"{prefix}months"].data or ()),
                )
                for prefix in self.offers
                if self[f"{prefix}name"].data
            ),
            "strengths": self.texts("strengths_", limits.MAX_LINES),
        }


def _company_fields() -> dict[str, Any]:
    importance = [("3", _("Very important")), ("2", _("Important")), ("1", _("Less important"))]
    fields: dict[str, Any] = {
        "rows": {
            prefix: _("Product or service %(num)s", num=number)
            for number, prefix in enumerate(CompanyForm.offers, start=1)
        }
    }
    for prefix in CompanyForm.offers:
        fields[f"{prefix}name"] = TextField(_("Name"), [length(high=limits.MAX_NAME)])
        fields[f"{prefix}importance"] = ChoiceField(
            _("Importance for the turnover"), choices=importance, default="2"
        )
        fields[f"{prefix}months"] = ChoicesField(
            _("Season"), choices=[(str(month), format_month(month)) for month in MONTHS]
        )
    return fields | line_fields("strengths", _("Reason %(num)s"))


class CustomersForm(SectionForm):
    """The audiences of the company."""

    audiences = row_prefixes("audiences", limits.MAX_AUDIENCES)

    @classmethod
    def flatten(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the values of the section to the data of its fields."""
        return {
            f"{prefix}{name}": list(value) if isinstance(value, list | tuple) else value
            for prefix, audience in zip(cls.audiences, values["audiences"], strict=False)
            for name, value in audience.items()
        }

    def check_rows(self) -> bool:
        """Require a name in each row with other values."""
        return self.require_names(self.audiences)

    def values(self) -> dict[str, Any]:
        """Convert the data of the fields to the values of the section."""
        audiences = tuple(
            Audience(
                self.text(f"{prefix}name"),
                self.text(f"{prefix}who"),
                self.text(f"{prefix}where_from"),
                self.text(f"{prefix}asks"),
                tuple(self[f"{prefix}languages"].data or ()),
                self[f"{prefix}share_percent"].data,
            )
            for prefix in self.audiences
            if self[f"{prefix}name"].data
        )
        return {"audiences": audiences}


def _customers_fields() -> dict[str, Any]:
    languages = [(code, localized(names)) for code, names in strategy_template().languages.items()]
    fields: dict[str, Any] = {
        "rows": {
            prefix: _("Audience %(num)s", num=number)
            for number, prefix in enumerate(CustomersForm.audiences, start=1)
        }
    }
    for prefix in CustomersForm.audiences:
        fields[f"{prefix}name"] = TextField(_("Name"), [length(high=limits.MAX_NAME)])
        fields[f"{prefix}who"] = LongTextField(_("Who they are"), [length(high=limits.MAX_WHO)])
        fields[f"{prefix}where_from"] = TextField(
            _("Where they come from"),
            [length(high=limits.MAX_WHERE_FROM)],
            description=_("Municipalities or countries."),
        )
        fields[f"{prefix}asks"] = LongTextField(
            _("What they ask before they buy"), [length(high=limits.MAX_WHO)]
        )
        fields[f"{prefix}languages"] = ChoicesField(_("Languages"), choices=languages)
        fields[f"{prefix}share_percent"] = NumberField(
            _("Share of the sales, per cent"), high=limits.MAX_PERCENT
        )
    return fields


class GapsForm(SectionForm):
    """Gaps and risks."""

    gaps = row_prefixes("gaps", limits.MAX_LINES)

    @classmethod
    def flatten(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the values of the section to the data of its fields."""
        data: dict[str, Any] = {}
        for prefix, gap in zip(cls.gaps, values["gaps"], strict=False):
            data |= {f"{prefix}text": gap["text"], f"{prefix}is_private": gap["is_private"]}
        return data | lines_data(values["risks"], "risks_")

    def values(self) -> dict[str, Any]:
        """Convert the data of the fields to the values of the section."""
        gaps = tuple(
            Gap(self.text(f"{prefix}text"), bool(self[f"{prefix}is_private"].data))
            for prefix in self.gaps
            if self[f"{prefix}text"].data
        )
        return {"gaps": gaps, "risks": self.texts("risks_", limits.MAX_LINES)}


def _gaps_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {"rows": {}}
    for number, prefix in enumerate(GapsForm.gaps, start=1):
        fields[f"{prefix}text"] = WrappedTextField(
            _("Problem %(num)s", num=number), [length(high=limits.MAX_LINE)]
        )
        fields[f"{prefix}is_private"] = BooleanField(_("Problem %(num)s is private", num=number))
    return fields | line_fields("risks", _("Risk %(num)s"))


class ChannelsForm(SectionForm):
    """Decisions about channels: one row for each channel of the template."""

    prefixes: Mapping[str, str]

    @classmethod
    def flatten(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the values of the section to the data of its fields."""
        return {
            f"channel-{channel['code']}-{name}": value
            for channel in values["channels"]
            for name, value in channel.items()
            if name != "code"
        }

    def check_rows(self) -> bool:
        """Require a decision about each channel that has other values."""
        valid = True
        for prefix in self.prefixes.values():
            field = self[f"{prefix}decision"]
            if not field.data and not self.is_blank(prefix):
                field.errors = [*field.errors, _("Choose what you do with the channel, or empty the row.")]
                valid = False
        return valid

    def values(self) -> dict[str, Any]:
        """Convert the data of the fields to the channels with a decision, in the order of the template."""
        channels = tuple(
            Channel(code, *(self.text(f"{prefix}{name}") for name in ("role", "now", "decision", "owner")))
            for code, prefix in self.prefixes.items()
            if self[f"{prefix}decision"].data
        )
        return {"channels": channels}


def _channels_fields() -> dict[str, Any]:
    template = strategy_template()
    prefixes = {code: f"channel-{code}-" for code in template.channels}
    fields: dict[str, Any] = {
        "prefixes": prefixes,
        "rows": {prefix: channel_label(code) for code, prefix in prefixes.items()},
    }
    for prefix in prefixes.values():
        fields[f"{prefix}decision"] = ChoiceField(_("What we do"), choices=_options(template.decisions))
        fields[f"{prefix}now"] = ChoiceField(_("How it is today"), choices=_options(template.states))
        fields[f"{prefix}role"] = ChoiceField(_("What it is for"), choices=_options(template.roles))
        fields[f"{prefix}owner"] = TextField(_("Who is responsible"), [length(high=limits.MAX_NAME)])
    return fields


def _options(labels: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    return [("", _("Choose")), *((code, localized(names)) for code, names in labels.items())]


class BudgetForm(SectionForm):
    """Budget of a year, the responsible person, and the review date."""

    rows: Mapping[str, str] = {}
    once_nok = NokField(_l("One-off costs in a year"))
    month_nok = NokField(_l("Running costs per month"), accept=("month",))
    ads_nok = NokField(_l("Advertising per year"))
    own_hours = NumberField(_l("Own hours per month"), high=limits.MAX_HOURS, unit=HOURS)
    responsible = TextField(validators=[length(high=limits.MAX_RESPONSIBLE)])
    responsible_hours = NumberField(
        _l("Hours per month for the responsible person"), high=limits.MAX_HOURS, unit=HOURS
    )
    review_on = DayField()

    @classmethod
    def flatten(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Convert the values of the section to the data of its fields."""
        rest = {name: values[name] for name in ("responsible", "responsible_hours", "review_on")}
        return dict(values["budget"]) | rest

    def values(self) -> dict[str, Any]:
        """Convert the data of the fields to the values of the section."""
        amounts = (self[name].data for name in ("once_nok", "month_nok", "ads_nok", "own_hours"))
        return {
            "budget": Budget(*amounts),
            "responsible": self.text("responsible"),
            "responsible_hours": self.responsible_hours.data,
            "review_on": self.review_on.data,
        }


class LanguageForm(BaseForm):
    """The language of the document."""

    language = LanguageField(_l("Language of the plan"))


_FORMS = {
    "company": (CompanyForm, _company_fields),
    "customers": (CustomersForm, _customers_fields),
    "gaps": (GapsForm, _gaps_fields),
    "channels": (ChannelsForm, _channels_fields),
    "budget": (BudgetForm, dict[str, Any]),
}
