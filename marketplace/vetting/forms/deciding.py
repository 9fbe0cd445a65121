"""The curator's decision: a checklist, a reason, and the revision that was read."""

from typing import Any

from wtforms import HiddenField

from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.vetting import rules
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, TextField, length

MOST_DIGITS = 8


class DecisionForm(BaseForm):
    """What every decision has."""

    revision = HiddenField()
    reason = LongTextField(
        _l("To the supplier"),
        [length(high=2000)],
        description=_l(
            "Required when you ask for changes, refuse or suspend. Say what the supplier should do."
        ),
    )

    def seen(self) -> int:
        """Return the revision that the curator had read; -1 when it is not a number."""
        text = self.revision.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else -1


def decision_form(category: str, kept: dict[str, Any]) -> tuple[DecisionForm, list[dict[str, Any]]]:
    """Return the form for a kind of service, and its points: criterion, answer field, note field."""
    fields: dict[str, Any] = {}
    for criterion in rules.criteria_for(category):
        fields[f"met_{criterion.code}"] = ChoiceField(
            criterion.label, choices=[("yes", _("Met")), ("no", _("Not met"))]
        )
        fields[f"note_{criterion.code}"] = TextField(_("Note"), [length(high=500)])
    data = {}
    for code, answer in kept.items():
        data[f"met_{code}"] = {True: "yes", False: "no"}.get(answer.get("met"), "")
        data[f"note_{code}"] = answer.get("note", "")
    form: DecisionForm = type("ChecklistForm", (DecisionForm,), fields)(data=data)
    points = [
        {"criterion": item, "met": form[f"met_{item.code}"], "note": form[f"note_{item.code}"]}
        for item in rules.criteria_for(category)
    ]
    return form, points


def checklist_of(points: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what the curator has answered."""
    answers = {"yes": True, "no": False}
    return {
        point["criterion"].code: {"met": answers.get(point["met"].data), "note": point["note"].data or ""}
        for point in points
    }
