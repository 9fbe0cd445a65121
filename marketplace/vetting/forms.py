"""Forms for applying, deciding on applications, second reviews, transfers and conflicts of interest."""

from collections.abc import Mapping
from typing import Any

from wtforms import Field, HiddenField, ValidationError

from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.viewer import Viewer
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
from marketplace.vetting import queries, rules
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    LongTextField,
    NumberField,
    TextField,
    length,
    missing_value_message,
    required,
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


MAX_DIGITS = 8


class DecisionForm(BaseForm):
    """Fields that every decision has. `decision_form` adds the checklist."""

    revision = HiddenField()
    reason = LongTextField(
        _l("To the supplier"),
        [length(high=2000)],
        description=_l(
            "Required when you ask, refuse or suspend. Say what the supplier should do or answer."
        ),
    )

    def shown_revision(self) -> int:
        """Revision that was shown to the curator, or -1 if the value is not a number."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else -1


def decision_form(
    category: str, checklist: Mapping[str, Any], *, reason: str = "", prefix: str = ""
) -> tuple[DecisionForm, list[dict[str, Any]]]:
    """Build the form for a kind of service, and its points: criterion, answer field and note field.

    The fields start with the answers, notes and reason of the latest review. `prefix` tells several forms on a page apart.
    """
    fields: dict[str, Any] = {}
    for criterion in rules.criteria_for(category):
        fields[f"met_{criterion.code}"] = ChoiceField(
            criterion.label, choices=[("yes", _("Met")), ("no", _("Not met"))]
        )
        fields[f"note_{criterion.code}"] = TextField(_("Note"), [length(high=500)])
    data = {"reason": reason}
    for code, answer in checklist.items():
        data[f"met_{code}"] = {True: "yes", False: "no"}.get(answer.get("met"), "")
        data[f"note_{code}"] = answer.get("note", "")
    form: DecisionForm = type("ChecklistForm", (DecisionForm,), fields | {"page_order": tuple(fields)})(
        data=data, prefix=prefix
    )
    points = [
        {"criterion": item, "met": form[f"met_{item.code}"], "note": form[f"note_{item.code}"]}
        for item in rules.criteria_for(category)
    ]
    return form, points


def check_decision(form: DecisionForm, points: list[dict[str, Any]], action: str) -> bool:
    """Add an error to each field that a decision still needs. Returns False if there is any.

    The use case checks the same rules, but raises the first error only, and names no field of the checklist.
    """
    if action in rules.NEEDS_TEXT and not (form.reason.data or "").strip():
        form.add_rule_error(RuleBroken(_("Give the reason. The supplier will read it."), "reason"))
    if action == rules.REFUSE and all(point["met"].data != "no" for point in points):
        message = _("Mark at least one item as not met so that the supplier knows what is missing.")
        form.add_rule_error(RuleBroken(message, points[0]["met"].short_name))
    if action == rules.APPROVE:
        messages = {
            "yes": "",
            "no": _("Not met. Ask for changes instead, or mark the item as met and add a note."),
        }
        for point in points:
            message = messages.get(point["met"].data, _("Answer this item before you approve."))
            if message:
                form.add_rule_error(RuleBroken(message, point["met"].short_name))
    return not form.errors


def checklist_of(points: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Convert the points of a form to a checklist."""
    answers = {"yes": True, "no": False}
    return {
        point["criterion"].code: {"met": answers.get(point["met"].data), "note": point["note"].data or ""}
        for point in points
    }


class RefusalAnswerForm(BaseForm):
    """A second reviewer's answer to a proposed refusal."""

    text = LongTextField(
        _l("To the person who proposed the refusal"),
        [length(high=1000)],
        description=_l("Required when you return the proposal. The supplier does not see it."),
    )


class AppealForm(BaseForm):
    """A supplier's appeal."""

    text = LongTextField(
        _l("What do you think the business garden has misunderstood?"),
        [required(), length(20, 2000)],
        description=_l(
            "Address the points one by one. The business garden reviewing the case reads your application and this text."
        ),
    )


class AppealAnswerForm(BaseForm):
    """The reason of a decision on an appeal."""

    reason = LongTextField(
        _l("Reason"),
        [required(), length(high=2000)],
        description=_l("The supplier and the business garden that refused the application can read it."),
    )


class TransferForm(BaseForm):
    """Request to transfer a supplier to another garden, with the reason."""

    garden = ChoiceField(_l("Which business garden should take over?"), [required()])
    reason = LongTextField(_l("Why?"), [required(), length(5, 500)])

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden.set_choices([(garden.id, garden.name) for garden in queries.other_gardens(viewer)])


def conflict_kinds() -> list[tuple[str, str]]:
    """Kinds of conflicts of interest, with labels."""
    return [
        ("owner", _("I own part of it")),
        ("board", _("I sit on its board")),
        ("family", _("Family or close friends")),
        ("paid", _("It has paid me for work in the last two years")),
    ]


class ConflictForm(BaseForm):
    """Declaration of a connection to a supplier, by kind."""

    supplier = ChoiceField(_l("Supplier"), [required()])
    kind = ChoiceField(_l("What kind of connection is it?"), [required()], choices=conflict_kinds)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supplier.set_choices([("", _("Choose a supplier")), *queries.suppliers_to_declare(viewer)])
