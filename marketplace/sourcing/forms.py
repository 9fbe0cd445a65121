"""Forms for trying other requirements, inviting, and saying no."""

from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.sourcing.lifecycle import DECLINE_REASONS
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, length, required


class PublishForm(BaseForm):
    """The company's word that the brief is right."""


class InviteForm(BaseForm):
    """Ticks in the list. The ids are read apart: the list is longer than a form."""


class DeclineForm(BaseForm):
    """Why a supplier cannot take a job."""

    reason = ChoiceField(
        _l("Why?"), [required(_l("Choose a reason."))], choices=list(DECLINE_REASONS.items())
    )
    text = LongTextField(
        _l("Something you want to add"),
        [length(high=500)],
        description=_l("Only the company sees it."),
        render_kw={"rows": "2"},
    )


def presence_label(code: str, place: str) -> str:
    """Return a choice about meeting, in words."""
    return {
        "must": _("Must come to %(place)s", place=place),
        "some": _("Some meetings in %(place)s", place=place),
        "remote": _("All can be on screen"),
    }[code]


def budget_label(code: str) -> str:
    """Return a budget band in words, both ends in full."""
    return {
        "b0_20": _("Under 20 000 kr"),
        "b20_50": _("20 000–50 000 kr"),
        "b50_100": _("50 000–100 000 kr"),
        "b100_200": _("100 000–200 000 kr"),
        "b200_400": _("200 000–400 000 kr"),
        "b400": _("Over 400 000 kr"),
        "unknown": _("Do not know"),
    }.get(code, code)
