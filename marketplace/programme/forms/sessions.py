"""Forms for the sessions of a course and their material."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.files.limits import MAX_FILE_MEGABYTES
from marketplace.organisations.forms import municipality_choices
from marketplace.programme.forms.projects import Named
from marketplace.programme.use_cases.material import MaterialDetails
from marketplace.programme.use_cases.sessions import CourseDates, SessionDetails
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    ChoicesField,
    DayField,
    EmailField,
    LongTextField,
    NumberField,
    TextField,
    TimeField,
    UploadField,
    WebAddressField,
    email,
    length,
    required,
)

MAX_WEEKS, MAX_DAYS = 12, 60
USES = {
    "before": _l("Before the session"),
    "during": _l("During the session"),
    "after": _l("After the session"),
}


class SessionFields(BaseForm):
    """Time, venue and lecturer of a session."""

    starts = TimeField(_l("Starts at"), [required()])
    ends = TimeField(_l("Ends at"), [required()])
    venue = TextField(
        _l("Venue"), [length(high=80)], description=_l("For example the name of the building and the room.")
    )
    address = TextField(_l("Address"), [length(high=120)])
    municipality_number = ChoiceField(_l("Municipality"), [required()], choices=municipality_choices)
    lecturer = TextField(_l("Lecturer"), [length(high=120)])
    lecturer_email = EmailField(_l("Lecturer's e-mail address"), [length(high=254), email()])

    def _details(self, title: str, day: Any) -> SessionDetails:
        return SessionDetails(
            title=title,
            day=day,
            starts=self.starts.data,
            ends=self.ends.data,
            venue=self.venue.data or "",
            address=self.address.data or "",
            municipality_number=self.municipality_number.data,
            lecturer=self.lecturer.data or "",
            lecturer_email=self.lecturer_email.data or "",
        )


class SessionForm(SessionFields):
    """Details of a session, with its title."""

    page_order = ("day",)

    title = TextField(
        _l("Title"), [length(high=120)], description=_l("Leave it empty to use the title of the course plan.")
    )
    day = DayField(_l("Date"), [required()])

    def details(self) -> SessionDetails:
        """Return the submitted details."""
        return self._details(self.title.data or "", self.day.data)


class PlanForm(SessionFields):
    """Dates, times, venue and lecturer of all sessions of a course."""

    page_order = ("first_day", "weeks")

    first_day = DayField(_l("Date of the first session"), [required()])
    weeks = NumberField(_l("Weeks between two sessions"), [required()], low=1, high=MAX_WEEKS, default=3)

    def dates(self) -> CourseDates:
        """Return the submitted weeks between sessions, and the details of the first one."""
        return CourseDates(self.weeks.data, self._details("", self.first_day.data))


class CopyForm(BaseForm):
    """Cohorts to which the sessions of another cohort are copied. All cohorts without sessions are selected at first."""

    targets = ChoicesField(_l("Cohorts without sessions"), [required(_l("Choose at least one cohort."))])
    days = NumberField(
        _l("Days later for each cohort"),
        [required()],
        high=MAX_DAYS,
        default=1,
        description=_l(
            "With 1, the first cohort meets one day later, the next one two days later, and so on."
        ),
    )

    def __init__(self, cohorts: Named, *args: object, **kwargs: object) -> None:
        super().__init__(*args, data={"targets": [str(number) for number, _name in cohorts]}, **kwargs)
        self.targets.set_choices(cohorts)

    def target_ids(self) -> list[int]:
        """Return the ids of the chosen cohorts, in the order of the list."""
        chosen = set(self.targets.data or ())
        return [int(value) for value, _label in self.targets.pairs if value in chosen]


class CancelSessionForm(BaseForm):
    """Reason for cancelling a session."""

    reason = LongTextField(
        _l("Why is the session cancelled?"),
        [required(), length(3, 500)],
        description=_l("The companies read this in the e-mail."),
    )


class MaterialForm(BaseForm):
    """A link or a file for the participants of a session."""

    title = TextField(_l("Title"), [required(), length(2, 80)])
    use = ChoiceField(_l("When the material is used"), [required()], choices=list(USES.items()))
    url = WebAddressField(_l("Link"), [length(high=300)])
    file = UploadField(
        _l("File"),
        accept="application/pdf,image/jpeg,image/png,image/webp",
        is_optional=True,
        description=_l(
            "A PDF document, or a JPEG, PNG or WebP image, at most %(size)s MB.", size=MAX_FILE_MEGABYTES
        ),
    )

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Require either a link or a file."""
        is_valid = bool(super().validate(extra_validators))
        if bool(self.url.data or self.url.errors) is self.file.is_chosen:
            self.add_form_error(str(_l("Enter a link or choose a file, but not both.")))
            return False
        return is_valid

    def details(self) -> MaterialDetails:
        """Return the submitted title, use and link."""
        return MaterialDetails(self.title.data or "", self.use.data, self.url.data or "")
