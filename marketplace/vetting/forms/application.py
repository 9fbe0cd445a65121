"""Forms for applying, and for sending an application again."""

from typing import Any

from wtforms import Field, ValidationError

from marketplace.core import clock
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.organisations import queries as organisations
from marketplace.organisations.forms import NewPersonFields
from marketplace.suppliers.forms.fields import (
    AreaFields,
    BasicsFields,
    PriceFields,
    ServiceFields,
    TextFields,
    TradeFields,
    sector_choices,
    service_choices,
)
from marketplace.suppliers.forms.profile import NoteFields
from marketplace.suppliers.limits import CASE_TEXT_LENGTH, CASE_TITLE_LENGTH, FIRST_CASE_YEAR
from marketplace.suppliers.use_cases import CaseDetails, ServiceOffering, SupplierApplication
from marketplace.web.forms import (
    ChoiceField,
    LongTextField,
    NumberField,
    TextField,
    length,
    missing_value_message,
)


def _required_with_case(_form: Any, field: Field) -> None:
    """Require the main fields of the case study if any of them is filled in."""
    if _form.has_case() and not field.data and not field.errors:
        message = missing_value_message(field)
        raise ValidationError(_("%(first)s Or clear all fields for the job.", first=message))


def _gardens() -> list[tuple[object, str]]:
    gardens = [(garden.id, garden.name) for garden in organisations.gardens()]
    return [("", _("The one that covers our municipality")), *gardens]


class ApplyFields(BasicsFields, ServiceFields, TradeFields, AreaFields, PriceFields, TextFields):
    """All fields of an application."""

    page_order = (
        "person_name", "email", "password", "name", "organisation_number", "municipality", "garden", "website", "phone",
        "employees", "services", "about", "text_locale", "price_from", "next_start", "presence", "languages", "areas",
        "sectors", "case_title", "case_client", "case_text", "case_result", "case_service", "case_sector", "case_year",
        "reference", "terms",
    )  # fmt: skip

    garden = ChoiceField(
        _l("Which business garden should review the application?"),
        description=_l("Usually the one that covers your municipality."),
        choices=_gardens,
    )
    case_title = TextField(_l("Title of the job"), [_required_with_case, length(*CASE_TITLE_LENGTH)])
    case_client = TextField(
        _l("What kind of customer was it?"),
        [length(high=120)],
        description=_l("Describe the customer without naming them: a bakery in a village."),
    )
    case_service = ChoiceField(_l("Service"), choices=service_choices)
    case_sector = ChoiceField(_l("Customer's sector"), choices=sector_choices)
    case_text = LongTextField(
        _l("What did the customer need, and what did you do?"),
        [_required_with_case, length(*CASE_TEXT_LENGTH)],
    )
    case_result = TextField(
        _l("What were the results?"),
        [length(high=300)],
        description=_l("Include a figure if you have one: 40 orders in the first week."),
    )
    case_year = NumberField(_l("Year"), [_required_with_case], high=9999)
    reference = LongTextField(
        _l("A customer the garden can call"),
        [length(high=500)],
        description=_l("Name and telephone number. Only the business garden sees them."),
    )
    terms = LongTextField(
        _l("Who owns the work you produce?"),
        [length(high=1000)],
        description=_l(
            "Domain, accounts, files and data after the job has ended. Only the business garden can see it."
        ),
    )

    def has_case(self) -> bool:
        """True if any field of the case study is filled in."""
        return any((self.case_title.data, self.case_text.data, self.case_client.data, self.case_result.data))

    def validate_case_year(self, field: Field) -> None:
        """Reject years before `FIRST_CASE_YEAR` and in the future."""
        if field.data is not None and not FIRST_CASE_YEAR <= field.data <= clock.today().year:
            raise ValidationError(
                _("Enter the year the job was done, from %(first)s to now.", first=FIRST_CASE_YEAR)
            )

    def _note(self) -> str:
        parts = [
            (_("A customer reference"), self.reference.data),
            (_("Who owns the results"), self.terms.data),
        ]
        return "\n\n".join(f"{label}: {text}" for label, text in parts if text)

    def application(self, contact_name: str, contact_email: str) -> SupplierApplication:
        """Convert the form to an application."""
        chosen = self.garden.data
        case = CaseDetails(
            title=self.case_title.data or "",
            text=self.case_text.data or "",
            year=self.case_year.data or 0,
            client=self.case_client.data or "",
            sector_code=self.case_sector.data or "",
            service_code=self.case_service.data or "",
            result=self.case_result.data or "",
        )
        presence = self.presence.data or []
        offer = ServiceOffering(
            services=self.services.data or [],
            sectors=self.sectors.data or [],
            areas=self.municipalities(),
            languages=self.languages.data or [],
            remote="remote" in presence,
            on_site="on_site" in presence,
            price_from_nok=self.price_from.data,
            next_start=self.next_start.data,
        )
        return SupplierApplication(
            basics=self.basics(contact_name, contact_email),
            offer=offer,
            about=self.about.data or "",
            text_locale=self.text_locale.data,
            garden_id=int(chosen) if chosen else None,
            cases=[case] if self.has_case() else [],
            note=self._note(),
        )


class ApplyForm(ApplyFields):
    """Application by a signed-in user."""


class RegisterAndApplyForm(ApplyFields, NewPersonFields):
    """Application by a person who creates an account at the same time."""


class SubmitAgainForm(NoteFields):
    """Note to the garden when an application is sent again."""
