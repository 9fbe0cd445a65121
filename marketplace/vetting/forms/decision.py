"""Form for a curator's decision: checklist, reason, and the revision of the application that was shown."""

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField

from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.vetting import rules
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, TextField, length

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
