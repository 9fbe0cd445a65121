"""Forms for signing in and for the user's own account."""

from collections.abc import Mapping, Sequence

from marketplace.accounts.password_strength import MIN_LENGTH
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.outbox.topics import DELIVERY_LABELS, TOPICS, Delivery, Topic
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    EmailField,
    LanguageField,
    SecretField,
    TextField,
    email,
    length,
    required,
)

PASSWORD_HINT = _l("At least %(low)s characters. Four or five words are easy to remember.", low=MIN_LENGTH)


class SignInForm(BaseForm):
    """E-mail address and password."""

    email = EmailField(
        _l("E-mail address"), [required(), length(high=254)], render_kw={"autocomplete": "username"}
    )
    password = SecretField(_l("Password"), [required()], render_kw={"autocomplete": "current-password"})


class ConfirmAddressForm(BaseForm):
    """Password of the account or registration whose address is confirmed."""

    password = SecretField(
        _l("The password you chose"), [required()], render_kw={"autocomplete": "current-password"}
    )


class ForgottenPasswordForm(BaseForm):
    """E-mail address to send a password reset link to."""

    email = EmailField(
        _l("E-mail address"), [required(), length(high=254), email()], render_kw={"autocomplete": "email"}
    )


class NewPasswordForm(BaseForm):
    """New password, set through a reset link."""

    password = SecretField(
        _l("New password"),
        [required()],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )


class ProfileForm(BaseForm):
    """Name and language."""

    name = TextField(_l("Name"), [required(), length(2, 120)], render_kw={"autocomplete": "name"})
    locale = LanguageField(_l("Language for pages and e-mail"), [required()])


class PasswordForm(BaseForm):
    """Current password and new password."""

    old = SecretField(_l("Current password"), [required()], render_kw={"autocomplete": "current-password"})
    password = SecretField(
        _l("New password"),
        [required()],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password"},
    )


class AddressForm(BaseForm):
    """New e-mail address, confirmed with the current password."""

    email = EmailField(
        _l("New e-mail address"), [required(), length(high=254), email()], render_kw={"autocomplete": "email"}
    )
    present = SecretField(_l("Your password"), [required()], render_kw={"autocomplete": "current-password"})


_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class CodeForm(BaseForm):
    """Code at sign-in: from the authenticator app, or a recovery code."""

    code = TextField(
        _l("Code"),
        [required(), length(high=40)],
        description=_l("Six digits from the app on your phone, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code"},
    )


class ConfirmForm(BaseForm):
    """First code from a newly set up authenticator app."""

    code = TextField(
        _l("Code from the app"),
        [required(), length(high=20)],
        description=_l("Six digits."),
        render_kw=_CODE,
    )


class SetUpForm(BaseForm):
    """Current password, required before two-factor settings change."""

    present = SecretField(_l("Your password"), [required()], render_kw={"autocomplete": "current-password"})


def message_settings_form(topics: Sequence[Topic], present: Mapping[Topic, Delivery]) -> BaseForm:
    """Return a form with one choice of delivery for each topic."""
    fields = {
        topic.value: ChoiceField(
            TOPICS[topic].label,
            [required()],
            choices=[(code.value, label) for code, label in DELIVERY_LABELS.items()],
        )
        for topic in topics
    }
    form: BaseForm = type("MessageSettingsForm", (BaseForm,), fields)(
        data={topic.value: present[topic].value for topic in topics}
    )
    return form
