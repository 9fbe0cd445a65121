"""Forms for companies, colleagues and gardens."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, Field, ValidationError

from marketplace.accounts.forms import PASSWORD_HINT
from marketplace.accounts.password_strength import check_strength
from marketplace.core import places, taxonomy
from marketplace.core.collation import sort_key
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.region import current_region
from marketplace.organisations import queries as organisations
from marketplace.organisations.use_cases import CompanyDetails, GardenDetails, NewPerson, ReviewSettings
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    EmailField,
    LongTextField,
    NumberField,
    OrganisationNumberField,
    SecretField,
    TextField,
    WebAddressField,
    email,
    length,
    required,
    telephone,
)

if TYPE_CHECKING:
    from marketplace.organisations.models import Company


class ReviewSettingsForm(BaseForm):
    """Which briefs a business garden reads before they open."""

    reviews_first_brief = BooleanField(_l("The first brief of a company"))
    reviews_unsure = BooleanField(_l("Briefs where an important question is answered with “do not know”"))
    reviews_no_budget = BooleanField(_l("Briefs without a budget"))

    def settings(self) -> ReviewSettings:
        """Return the submitted settings."""
        return self.details_as(ReviewSettings)


def municipality_choices(*, blank: bool = True) -> dict[str, list[tuple[str, str]]] | list[tuple[str, str]]:
    """Return all municipalities grouped by county, those of the region first, in Norwegian alphabetical order."""
    by_county: dict[str, list[tuple[str, str]]] = {}
    if blank:
        by_county[""] = [  # HTML requires the empty choice to be outside any group
            ("", _("Choose a municipality"))
        ]
    for county in current_region().sorted_counties():
        municipalities = [places.municipality(number) for number in places.municipalities_in(county)]
        by_county[places.counties()[county]] = [
            (m.number, m.full_name) for m in sorted(municipalities, key=lambda m: sort_key(m.name))
        ]
    return by_county


def sector_choices(kept: str | None = None) -> list[tuple[str, str]]:
    """Return the sectors as form choices, by name. The sector `kept` is offered even if it is retired."""
    return [("", _("Choose a sector")), *taxonomy.sector_options([kept or ""])]


class NewPersonFields(BaseForm):
    """Fields of a new account."""

    person_name = TextField(_l("Your name"), [required(), length(2, 120)], render_kw={"autocomplete": "name"})
    email = EmailField(
        _l("Your e-mail address"),
        [required(), length(high=254), email()],
        render_kw={"autocomplete": "email"},
    )
    password = SecretField(
        _l("Choose a password"),
        [required(_l("Choose a password."))],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Validate all fields, and the password together with them, so that no error appears in a second round."""
        is_valid = bool(super().validate(extra_validators))
        if not self.password.data:
            return is_valid
        organisation = self["name"].data if "name" in self else ""
        names = (self.person_name.data or "", self.email.data or "", organisation or "")
        try:
            check_strength(self.password.data, *names)
        except RuleBroken as error:
            self.add_rule_error(error)
            return False
        return is_valid

    def person(self, target: str = "") -> NewPerson:
        """Return the submitted person; `target` is the page to open once the address is confirmed."""
        return NewPerson(self.person_name.data or "", self.email.data or "", self.password.data or "", target)


def check_unused_number(field: Field, kind: str, except_id: int | None) -> None:
    """Refuse the organisation number of another organisation of the same kind, together with the other errors."""
    try:
        organisations.require_unused_number(kind, field.data, except_id)
    except RuleBroken as error:
        raise ValidationError(error.message) from error


class CompanyFields(BaseForm):
    """Fields of a company. `organisation_id` is the company whose details are changed, None for a new one."""

    organisation_id: int | None = None

    name = TextField(
        _l("Company name"), [required(), length(2, 120)], render_kw={"autocomplete": "organization"}
    )
    organisation_number = OrganisationNumberField(
        _l("Organisation number"),
        description=_l("Nine digits. Leave it empty if you have not received one yet."),
    )
    municipality = ChoiceField(_l("Municipality"), [required()], choices=municipality_choices)
    sector = ChoiceField(_l("Sector"), [required()])
    employees = NumberField(_l("Number of employees"), high=100_000)
    website = WebAddressField(_l("Website"), [length(high=300)])
    phone = TextField(_l("Telephone"), [length(high=40), telephone()], render_kw={"autocomplete": "tel"})
    about = LongTextField(
        _l("About the company"),
        [length(high=1000)],
        description=_l("One or two sentences. Suppliers see them on your briefs."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sector.set_choices(sector_choices(self.sector.object_data))

    def validate_organisation_number(self, field: Field) -> None:
        """Refuse another company's organisation number."""
        check_unused_number(field, "company", self.organisation_id)

    def details(self) -> CompanyDetails:
        """Return the submitted company details."""
        return CompanyDetails(
            name=self.name.data or "",
            organisation_number=self.organisation_number.data,
            municipality_number=self.municipality.data,
            sector_code=self.sector.data,
            employees=self.employees.data,
            website=self.website.data or "",
            phone=self.phone.data or "",
            about=self.about.data or "",
        )


class RegisterCompanyForm(CompanyFields, NewPersonFields):
    """A new account with a company."""


class AddCompanyForm(CompanyFields):
    """A company for a person who has an account."""


class InviteColleagueForm(BaseForm):
    """E-mail address and role of an invited colleague."""

    email = EmailField(_l("Colleague's e-mail address"), [required(), length(high=254), email()])
    role = ChoiceField(_l("Role"), [required()])

    def __init__(self, kind: str | None, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.role.set_choices(role_choices(kind))


class AskGardenForm(BaseForm):
    """A business garden that the company asks to follow it."""

    garden = ChoiceField(_l("Business garden"), [required(_l("Choose a business garden from the list."))])

    def __init__(self, company: "Company", *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        following = organisations.following_garden_ids(company)
        others = [garden for garden in organisations.gardens() if garden.id not in following]
        self.has_choices = bool(others)
        self.garden.set_choices([("", _("Choose a business garden")), *((g.id, g.name) for g in others)])


def role_choices(kind: str | None) -> list[tuple[str, str]]:
    """Return the roles in a kind of organisation as form choices."""
    if kind == "garden":
        return [
            ("adviser", _("Adviser: helps companies")),
            ("curator", _("Curator: also approves suppliers")),
        ]
    if kind == "supplier":
        owner = _("Owner: can also send offers and invite colleagues")
    else:
        owner = _("Owner: can also publish briefs, choose offers and invite colleagues")
    return [("member", _("Member: can write drafts")), ("owner", owner)]


class AcceptInvitationForm(BaseForm):
    """A new account by invitation; the address is the invited one."""

    person_name = TextField(_l("Your name"), [required(), length(2, 120)], render_kw={"autocomplete": "name"})
    password = SecretField(
        _l("Choose a password"),
        [required(_l("Choose a password."))],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )


class GardenForm(BaseForm):
    """A business garden."""

    name = TextField(_l("Business garden name"), [required(), length(2, 120)])
    municipality = ChoiceField(_l("Municipality"), [required()], choices=municipality_choices)
    covered_municipalities = ChoicesField(
        _l("Municipalities covered"), [required(_l("Choose at least one municipality."))]
    )
    email = EmailField(_l("E-mail address"), [length(high=254), email()])
    phone = TextField(_l("Telephone"), [length(high=40), telephone()])
    website = WebAddressField(_l("Website"), [length(high=300)])
    about = LongTextField(_l("About the garden"), [length(high=1000)])

    def __init__(self, *args: object, extra: Iterable[str] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        numbers = dict.fromkeys((*current_region().municipalities, *extra))
        named = [(number, places.municipality(number).full_name) for number in numbers]
        self.covered_municipalities.set_choices(sorted(named, key=lambda item: sort_key(item[1])))

    def details(self) -> GardenDetails:
        """Return the submitted garden details."""
        return GardenDetails(
            name=self.name.data or "",
            municipality_number=self.municipality.data,
            covered_municipalities=self.covered_municipalities.data or [],
            email=self.email.data or "",
            phone=self.phone.data or "",
            website=self.website.data or "",
            about=self.about.data or "",
        )
