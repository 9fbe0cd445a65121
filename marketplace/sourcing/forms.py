"""Forms for publishing, amending, inviting and declining, and labels of the what-if panel."""

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.sourcing.decline_reasons import DECLINE_REASONS
from marketplace.sourcing.limits import MAX_DECLINE_TEXT, MAX_OUTSIDE_MESSAGE, MAX_SUGGESTION
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    EmailField,
    LongTextField,
    email,
    length,
    required,
)


class FirstPublicationForm(BaseForm):
    """The garden's answer about a brief that it reads before it opens."""

    verdict = ChoiceField(
        _l("Your answer"),
        [required(_l("Choose an answer."))],
        choices=[
            ("ok", _l("We know the company, or have checked it. Open the brief")),
            ("changes", _l("We have a question, or something must be changed first")),
            ("refused", _l("Refuse. This is not a genuine request")),
        ],
    )
    comment = LongTextField(
        _l("Reason or message to the company"),
        [length(high=2000)],
        description=_l("Required unless you open the brief. The company gets it by e-mail."),
        render_kw={"rows": "4"},
    )

    def show_known_company(self) -> None:
        """Leave out the question whether the company is genuine, because the garden knows it."""
        (ok, _label), *others = [(choice[0], choice[1]) for choice in self.verdict.iter_choices()]
        self.verdict.set_choices([(ok, _("Open the brief to suppliers")), *others])


class PauseForm(BaseForm):
    """The garden's reason for pausing a brief that opened automatically."""

    reason = LongTextField(
        _l("Why do you pause the brief?"),
        [required(_l("Give a reason. The company and the suppliers read it.")), length(high=600)],
        description=_l(
            "The company and the suppliers that are invited or have started an offer get it by e-mail."
        ),
        render_kw={"rows": "4"},
    )


class AmendForm(BaseForm):
    """Submission of a change to a published brief, with a later deadline when suppliers need time for it."""

    deadline = DayField(_l("New reply deadline"))


class InviteForm(BaseForm):
    """Selection of suppliers. The view reads the ids itself, because their number varies."""


class SuggestionForm(BaseForm):
    """A supplier that a business garden adds to the invited suppliers, with the reason."""

    supplier = ChoiceField(_l("Supplier"), [required(_l("Choose a supplier."))])
    reason = LongTextField(
        _l("Why does this supplier fit?"),
        [
            required(_l("Give a reason. The company and the supplier read it.")),
            length(high=MAX_SUGGESTION),
        ],
        description=_l("The company and the supplier read it."),
        render_kw={"rows": "3"},
    )


class OutsideInvitationForm(BaseForm):
    """Invitation by e-mail to a supplier outside the network."""

    email = EmailField(
        _l("The supplier's e-mail address"),
        [required(), length(high=254), email()],
        render_kw={"autocomplete": "off"},
    )
    message = LongTextField(
        _l("A short message"),
        [length(high=MAX_OUTSIDE_MESSAGE)],
        description=_l("At most %(num)s characters, without links and addresses.", num=MAX_OUTSIDE_MESSAGE),
        render_kw={"rows": "2"},
    )


class DeclineForm(BaseForm):
    """Reason for declining an invitation."""

    reason = ChoiceField(
        _l("Why?"), [required(_l("Choose a reason."))], choices=list(DECLINE_REASONS.items())
    )
    text = LongTextField(
        _l("Anything you want to add"),
        [length(high=MAX_DECLINE_TEXT)],
        description=_l("Only the company sees it."),
        render_kw={"rows": "2"},
    )


def presence_label(code: str, place: str) -> str:
    """Return the label of a choice of meeting in person or online."""
    return {
        "must": _("Must be able to come to %(place)s", place=place),
        "some": _("Some meetings in %(place)s", place=place),
        "remote": _("Everything can be done online"),
    }[code]


def requirement_label(code: str) -> str:
    """Return the label of a requirement that excludes suppliers."""
    return {
        "budget": _("The budget"),
        "presence": _("Someone must come to you"),
        "languages": _("The languages you asked for"),
        "finish": _("The date it must be finished"),
    }[code]
