"""Forms of recruitment: a company's details, its seat, and the text of an invitation."""

from collections.abc import Sequence

from wtforms import BooleanField

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.organisations.forms import municipality_choices, sector_choices
from marketplace.programme.lifecycle import SOURCES
from marketplace.programme.queries.cohorts import CohortSeats
from marketplace.programme.seat_deadlines import CONFIRM_HOURS
from marketplace.programme.use_cases.recruiting import ParticipationDetails
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    EmailField,
    LongTextField,
    NumberField,
    OrganisationNumberField,
    TextField,
    email,
    length,
    required,
    telephone,
)


class ParticipationForm(BaseForm):
    """Details of a company in a project."""

    organisation_number = OrganisationNumberField(
        _l("Organisation number"),
        description=_l("Nine digits. With the number, the company is linked to its account once it has one."),
        render_kw={"inputmode": "numeric"},
    )
    company_name = TextField(_l("Company name"), [required(), length(2, 120)])
    is_other_company = BooleanField(_l("This is another company with almost the same name"))
    municipality_number = ChoiceField(_l("Municipality"), choices=municipality_choices)
    sector_code = ChoiceField(_l("Sector"))
    employees = NumberField(_l("Employees"), render_kw={"inputmode": "numeric"})
    contact_name = TextField(_l("Contact person"), [length(high=120)])
    contact_phone = TextField(_l("Telephone"), [length(high=40), telephone()], render_kw={"inputmode": "tel"})
    contact_email = EmailField(_l("E-mail address"), [length(high=254), email()])
    source = ChoiceField(
        _l("How did you find the company?"), choices=[("", _l("Not known")), *SOURCES.items()]
    )
    wants_invitations = BooleanField(_l("May get invitations to the course by e-mail"), default=True)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sector_code.set_choices(sector_choices(self.sector_code.object_data))

    def details(self) -> ParticipationDetails:
        """Return the submitted details."""
        return self.details_as(ParticipationDetails)


class SeatForm(BaseForm):
    """The cohort in which a company is given a seat."""

    cohort = ChoiceField(_l("Cohort"), [required(_l("Choose a cohort."))])
    is_confirmed = BooleanField(
        _l("I have spoken with the company, and the seat is confirmed"),
        default=True,
        description=_l(
            "Otherwise the contact person gets an e-mail, and must confirm within %(num)s hours.",
            num=CONFIRM_HOURS,
        ),
    )

    def __init__(self, rows: Sequence[CohortSeats], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.cohort.set_choices(
            [("", _("Choose a cohort")), *((row.cohort.id, _cohort_label(row)) for row in rows)]
        )


def _cohort_label(row: CohortSeats) -> str:
    if row.free:
        return _(
            "%(place)s: %(free)s of %(seats)s seats free",
            place=row.cohort.name,
            free=row.free,
            seats=row.cohort.seats,
        )
    return _("%(cohort)s: full, the company is put on the waiting list", cohort=row.cohort.name)


class InvitationForm(BaseForm):
    """Subject and text of an invitation by e-mail."""

    subject = TextField(_l("Subject"), [required(), length(2, 150)])
    text = LongTextField(
        _l("Text"),
        [required(), length(10, 4000)],
        description=_l("Leave a blank line between paragraphs. The personal link comes below the text."),
        render_kw={"rows": 12},
    )
