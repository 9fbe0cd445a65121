"""Forms of the public course pages: sign-up, change of contact person, and withdrawal."""

from collections.abc import Sequence

from wtforms import BooleanField

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.organisations.forms import municipality_choices, sector_choices
from marketplace.programme.lifecycle import WITHDRAWAL_REASONS
from marketplace.programme.queries.courses import CohortView
from marketplace.programme.use_cases.sign_up import Contact, SignUp
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    EmailField,
    LongTextField,
    OrganisationNumberField,
    TextField,
    email,
    length,
    required,
    telephone,
)


class SeatLinkForm(BaseForm):
    """E-mail address of a contact person who needs the link again."""

    email = EmailField(
        _l("E-mail address"), [required(), length(high=254), email()], render_kw={"autocomplete": "email"}
    )


def _seats_label(view: CohortView) -> str:
    if view.is_full:
        return _("%(place)s: full", place=view.label)
    return _(
        "%(place)s: %(free)s of %(seats)s seats free",
        place=view.label,
        free=view.free_seats,
        seats=view.cohort.seats,
    )


class CompanyFields(BaseForm):
    """The company that signs up. A base class, so that its fields come before those of the contact person."""

    organisation_number = OrganisationNumberField(
        _l("Organisation number"),
        description=_l("Nine digits. Leave it empty if you have not received one yet."),
        render_kw={"inputmode": "numeric"},
    )
    company_name = TextField(
        _l("Company name"), [required(), length(2, 120)], render_kw={"autocomplete": "organization"}
    )
    municipality = ChoiceField(_l("Municipality"), [required()], choices=municipality_choices)
    sector = ChoiceField(_l("Sector"), [required()])


class ContactFields(BaseForm):
    """The contact person of a company."""

    contact_name = TextField(
        _l("Your name"), [required(), length(2, 120)], render_kw={"autocomplete": "name"}
    )
    email = EmailField(
        _l("Your e-mail address"),
        [required(), length(high=254), email()],
        render_kw={"autocomplete": "email"},
    )
    phone = TextField(
        _l("Your telephone number"),
        [required(), length(5, 40), telephone()],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )

    def contact(self) -> Contact:
        """Return the submitted contact person."""
        return Contact(self.contact_name.data or "", self.email.data or "", self.phone.data or "")


class SignUpForm(CompanyFields, ContactFields):
    """Sign-up of a company for a cohort."""

    accepted_cohorts = ChoicesField(
        _l("Other places that suit you as well"),
        description=_l(
            "The place you chose is full. You get a seat at one of these places if any is free, or else the first seat that becomes free."
        ),
    )
    allows_figures = BooleanField(
        _l("The business garden may count the company in figures for the funders, without its name")
    )
    allows_quotes = BooleanField(
        _l("The business garden may quote what we say about the course, with the company's name")
    )
    homepage = TextField(_l("Leave this field empty"))
    """Honeypot: hidden from people, filled in by simple bots."""

    def __init__(self, others: Sequence[CohortView], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sector.set_choices(sector_choices(self.sector.object_data))
        self.accepted_cohorts.set_choices([(view.cohort.id, _seats_label(view)) for view in others])

    @property
    def is_bot(self) -> bool:
        """Return True if the honeypot was filled in."""
        return bool(self.homepage.data)

    def details(self) -> SignUp:
        """Return the submitted sign-up."""
        return SignUp(
            company_name=self.company_name.data or "",
            organisation_number=self.organisation_number.data,
            municipality_number=self.municipality.data,
            sector_code=self.sector.data,
            contact=self.contact(),
            accepted_cohort_ids=[int(value) for value in self.accepted_cohorts.data or []],
            allows_figures=bool(self.allows_figures.data),
            allows_quotes=bool(self.allows_quotes.data),
        )


class WithdrawalForm(BaseForm):
    """Reason for leaving the course."""

    reason = ChoiceField(
        _l("Why do you withdraw?"),
        [required(_l("Choose a reason."))],
        choices=[("", _l("Choose a reason")), *WITHDRAWAL_REASONS.items()],
    )
    text = LongTextField(
        _l("Anything you want to add"),
        [length(high=500)],
        description=_l("Only the business garden reads it."),
    )


class CohortChoiceForm(BaseForm):
    """Choice of the cohort that a company moves to, or signs up for again."""

    cohort = ChoiceField(_l("Place"), [required(_l("Choose a place."))])

    def __init__(self, views: Sequence[CohortView], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.cohort.set_choices(
            [("", _("Choose a place")), *((view.cohort.id, _seats_label(view)) for view in views)]
        )
