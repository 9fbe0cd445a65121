"""The next step about invitations for a company's brief: the same words and link on all pages and in messages."""

from dataclasses import dataclass

from marketplace.core.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class InvitationStep:
    """A link to the page where a company chooses whom to invite. `is_due` is False once it has chosen somebody."""

    label: str
    path: str
    is_due: bool


def step_of_open_brief(reference: str, *, is_chosen: bool) -> InvitationStep:
    """Return the next step about invitations for a brief that suppliers can answer."""
    label = _("See who fits and who has been invited") if is_chosen else _("Choose whom to invite")
    return InvitationStep(label, f"/briefs/{reference}/ranking", not is_chosen)


def step_of_waiting_brief(reference: str, *, is_chosen: bool) -> InvitationStep:
    """Return the next step about invitations for a brief that waits for its business garden."""
    label = _("Change whom to invite") if is_chosen else _("Choose whom to invite")
    return InvitationStep(label, f"/briefs/{reference}/fit", not is_chosen)
