"""Groups of fields shared by the application form and the profile forms."""

from typing import Any

from wtforms import Field

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.taxonomy import sector_options
from marketplace.organisations.forms import check_unused_number, municipality_choices
from marketplace.suppliers.forms import choices
from marketplace.suppliers.limits import (
    ABOUT_LENGTH,
    CASE_TEXT_LENGTH,
    CASE_TITLE_LENGTH,
    MAX_CASE_RESULT_LENGTH,
    NAME_LENGTH,
)
from marketplace.suppliers.use_cases import Basics, CaseDetails
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    DayField,
    EmailField,
    LongTextField,
    NokField,
    NumberField,
    OrganisationNumberField,
    TextField,
    WebAddressField,
    email,
    length,
    required,
    telephone,
)


def service_choices() -> dict[str, list[tuple[str, str]]]:
    """Options for a service, by kind, with "not stated" first."""
    blank: dict[str, list[tuple[str, str]]] = {"": [("", str(_l("Not stated")))]}
    return blank | {label: items for _code, label, items in choices.service_groups()}


def sector_choices(kept: str | None = None) -> list[tuple[str, str]]:
    """Options for a sector, with "not stated" first. The sector `kept` is offered even if it is retired."""
    return [("", str(_l("Not stated"))), *sector_options([kept or ""])]


class BasicsFields(BaseForm):
    """Name, organisation number, municipality and contact details.

    `organisation_id` is the supplier whose details are changed, None for a new one.
    """

    organisation_id: int | None = None

    name = TextField(
        _l("Supplier name"), [required(), length(*NAME_LENGTH)], render_kw={"autocomplete": "organization"}
    )
    organisation_number = OrganisationNumberField(
        _l("Organisation number"),
        description=_l("Nine digits. Leave it empty if you are self-employed without one."),
    )
    municipality = ChoiceField(
        _l("Municipality where you are based"), [required()], choices=municipality_choices
    )
    website = WebAddressField(_l("Website"), [length(high=300)], render_kw={"autocomplete": "url"})
    phone = TextField(_l("Telephone"), [length(high=40), telephone()], render_kw={"autocomplete": "tel"})
    employees = NumberField(_l("Team size"), high=100_000)

    def validate_organisation_number(self, field: Field) -> None:
        """Refuse another supplier's organisation number."""
        check_unused_number(field, "supplier", self.organisation_id)

    def basics(self, contact_name: str, contact_email: str) -> Basics:
        """Convert the form to basic details."""
        return Basics(
            name=self.name.data or "",
            municipality_number=self.municipality.data,
            organisation_number=self.organisation_number.data,
            website=self.website.data or "",
            phone=self.phone.data or "",
            contact_name=contact_name,
            contact_email=contact_email,
            employees=self.employees.data,
        )


class ContactFields(BaseForm):
    """Contact person."""

    contact_name = TextField(_l("Contact person"), [length(high=120)], render_kw={"autocomplete": "name"})
    contact_email = EmailField(
        _l("E-mail address of the contact"),
        [length(high=254), email()],
        description=_l("Shown to signed-in companies and business gardens, never in public."),
        render_kw={"autocomplete": "email"},
    )


class ServiceFields(BaseForm):
    """Services that a supplier sells."""

    services = ChoicesField(
        _l("What do you sell?"),
        [required(_l("Select at least one service."))],
        description=_l(
            "Open a kind of service and select what you do often. Each kind is approved separately."
        ),
        choices=lambda: [item for _code, _label, items in choices.service_groups() for item in items],
    )


class TradeFields(BaseForm):
    """Sectors and languages."""

    languages = ChoicesField(
        _l("Which languages do you write in?"),
        [required(_l("Select at least one language."))],
        choices=choices.languages,
    )
    sectors = ChoicesField(
        _l("Which sectors do you know?"),
        description=_l(
            "Select the sectors you have worked for. They give points in the ranking for briefs from those sectors."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sectors.set_choices(sector_options(self.sectors.object_data or ()))


class AreaFields(BaseForm):
    """Where a supplier works: online or at the customer, and in which areas."""

    presence = ChoicesField(
        _l("How do you work?"),
        [required(_l("Select whether you work online, travel to the customer, or both."))],
        choices=choices.presence,
    )
    areas = ChoicesField(
        _l("Where can you meet customers in person?"),
        description=_l(
            "Select whole counties or individual municipalities. Your own municipality is always included."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = choices.area_groups(self.areas.data or ())
        self.areas.set_choices([item for _code, _label, items in known for item in items])

    def municipalities(self) -> list[str]:
        """Selected municipalities, with counties expanded."""
        return choices.expand_areas(self.areas.data or [])


class PriceFields(BaseForm):
    """Minimum price of a supplier, and when it can begin."""

    price_from = NokField(
        _l("What is your lowest price for a small job?"),
        accept=("from",),
        description=_l(
            "Whole kroner excluding VAT. Companies with a smaller budget are told before they ask."
        ),
    )
    next_start = DayField(
        _l("When could you start a new job?"), description=_l("Leave it empty if it varies from job to job.")
    )


class TextFields(BaseForm):
    """Profile text and its language."""

    about = LongTextField(
        _l("Describe what you do, in your own words"),
        [required(_l("Describe what you do.")), length(*ABOUT_LENGTH)],
        description=_l(
            "Who are you, what do you deliver, and what do customers gain? Use the words your customers use. The ranking compares briefs with this text."
        ),
        render_kw={"rows": 8},
    )
    text_locale = ChoiceField(_l("Language of the text"), [required()], choices=choices.text_locales)


class CaseFields(BaseForm):
    """Case study."""

    title = TextField(
        _l("Title"),
        [required(), length(*CASE_TITLE_LENGTH)],
        description=_l("For example: Online shop for three farms."),
    )
    client = TextField(
        _l("What kind of customer was it?"),
        [length(high=120)],
        description=_l("Describe the customer without naming them: a bakery in a village."),
    )
    text = LongTextField(
        _l("What did the customer need, and what did you do?"),
        [required(), length(*CASE_TEXT_LENGTH)],
        render_kw={"rows": 5},
    )
    result = TextField(
        _l("What were the results?"),
        [length(high=MAX_CASE_RESULT_LENGTH)],
        description=_l("Include a figure if you have one: 40 orders in the first week."),
    )
    service = ChoiceField(_l("Service"), choices=service_choices)
    sector = ChoiceField(_l("Customer's sector"))
    year = NumberField(_l("Year"), [required()], high=9999)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sector.set_choices(sector_choices(self.sector.object_data))

    def case(self) -> CaseDetails:
        """Convert the form to case details."""
        return CaseDetails(
            title=self.title.data or "",
            text=self.text.data or "",
            year=self.year.data or 0,
            client=self.client.data or "",
            sector_code=self.sector.data or "",
            service_code=self.service.data or "",
            result=self.result.data or "",
        )
