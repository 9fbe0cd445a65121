"""Forms for projects, places, cohorts and people."""

from collections.abc import Sequence
from dataclasses import replace

from wtforms import BooleanField

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.organisations.forms import municipality_choices
from marketplace.programme.limits import (
    DEFAULT_SEATS,
    DEFAULT_SESSIONS_NEEDED,
    DEFAULT_TARGET_COMPANIES,
    MAX_SEATS,
    MAX_SESSIONS_NEEDED,
    MAX_TARGET_COMPANIES,
)
from marketplace.programme.use_cases.cohorts import CohortDetails, PlaceDetails
from marketplace.programme.use_cases.project_people import PersonDetails
from marketplace.programme.use_cases.projects import ProjectDetails
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    LanguageField,
    LongTextField,
    NokField,
    NumberChoiceField,
    NumberField,
    TextField,
    length,
    required,
)

Named = Sequence[tuple[int, str]]


class ProjectForm(BaseForm):
    """Details of a project."""

    name = TextField(_l("Name"), [required(), length(2, 120)])
    about = LongTextField(
        _l("About the project"),
        [length(high=2000)],
        description=_l("Two or three sentences. They are shown on the public course page."),
    )
    starts_on = DayField(_l("First day"), [required()])
    ends_on = DayField(_l("Last day"), description=_l("Leave it empty if the end is not decided."))
    target_companies = NumberField(
        _l("Number of companies to recruit"),
        [required()],
        low=1,
        high=MAX_TARGET_COMPANIES,
        default=DEFAULT_TARGET_COMPANIES,
    )
    sessions_needed = NumberField(
        _l("Sessions a company must attend to complete the course"),
        [required()],
        low=1,
        high=MAX_SESSIONS_NEEDED,
        default=DEFAULT_SESSIONS_NEEDED,
    )
    locale = LanguageField(_l("Language of the course"), [required()])
    currency = ChoiceField(
        _l("Currency of the accounts"), [required()], choices=[("NOK", "NOK"), ("EUR", "EUR")], default="NOK"
    )
    fee_nok = NokField(
        _l("Participation fee in kroner"),
        description=_l(
            "What a company pays for the whole course, excluding VAT. Enter 0 if it is free. It is shown on the public course page; leave it empty if it is not decided."
        ),
    )
    is_sign_up_open = BooleanField(_l("Companies can sign up on the public course page"))

    def details(self) -> ProjectDetails:
        """Return the submitted details."""
        return self.details_as(ProjectDetails)


class PlaceForm(BaseForm):
    """Details of a place of a project."""

    name = TextField(_l("Name of the place"), [required(), length(2, 60)])
    municipality_number = ChoiceField(_l("Municipality"), [required()], choices=municipality_choices)
    garden_id = NumberChoiceField(
        _l("Responsible business garden"),
        [required()],
        description=_l("The members of this business garden see the place, and take attendance there."),
    )

    def __init__(self, gardens: Named, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.garden_id.set_choices(gardens)

    def details(self) -> PlaceDetails:
        """Return the submitted details."""
        return self.details_as(PlaceDetails)


class CohortForm(BaseForm):
    """Details of a cohort."""

    place_id = NumberChoiceField(_l("Place"), [required()])
    name = TextField(
        _l("Name of the cohort"),
        [length(2, 60)],
        description=_l("Leave it empty to use the name of the place."),
    )
    seats = NumberField(
        _l("Seats"),
        [required()],
        high=MAX_SEATS,
        default=DEFAULT_SEATS,
        description=_l("A seat is for one company, even if two people come from it."),
    )
    sign_up_until = DayField(
        _l("Sign-up until"), description=_l("Leave it empty to accept sign-ups until the course is over.")
    )

    def __init__(self, places: Named, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._places = dict(places)
        self.place_id.set_choices(places)

    def details(self) -> CohortDetails:
        """Return the submitted details."""
        details = self.details_as(CohortDetails)
        return replace(details, name=details.name or self._places[details.place_id])


class PersonForm(BaseForm):
    """A person with a role in a project."""

    user_id = NumberChoiceField(
        _l("Person"),
        [required()],
        description=_l("Members of the business gardens that take part."),
    )
    role = ChoiceField(
        _l("Role in the project"),
        [required()],
        choices=[("leader", _l("Project leader")), ("manager", _l("Manager of a place"))],
    )
    place_id = NumberChoiceField(_l("Place"), description=_l("Required for the manager of a place."))
    percent = NumberField(_l("Per cent of a full position"), [required()], high=100, default=0)
    since = DayField(_l("From"), [required()])
    until = DayField(_l("Last day"), description=_l("Leave it empty while the person has the role."))

    def __init__(self, people: Named, places: Named, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.user_id.set_choices([("", _("Choose a person")), *people])
        self.place_id.set_choices([("", _("No place")), *places])

    def details(self) -> PersonDetails:
        """Return the submitted details."""
        return self.details_as(PersonDetails)


class PartnerForm(BaseForm):
    """A business garden to add to a project."""

    garden = ChoiceField(_l("Business garden"), [required()])

    def __init__(self, gardens: Named, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.garden.set_choices([("", _("Choose a business garden")), *gardens])
