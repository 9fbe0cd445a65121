"""The user's own account: name, language, password, e-mail address and sessions."""

from flask import render_template
from flask_login import logout_user

from marketplace.accounts import queries, use_cases
from marketplace.accounts.devices import device_name
from marketplace.accounts.forms import AddressForm, PasswordForm, ProfileForm
from marketplace.accounts.views.base import blueprint, hash_cost, personal_words
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.locale import set_locale_cookie
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_token, current_viewer

OWN_ACCOUNT = "users read and change their own account; no form field names another"


@blueprint.route("/account", methods=["GET", "POST"])
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def show() -> ViewResponse:
    """Show the account and change name and language."""
    viewer = current_viewer()
    form = ProfileForm(name=viewer.name, locale=viewer.locale)
    if form.validate_on_submit():
        use_cases.change_profile(viewer, name=form.name.data or "", locale=form.locale.data)
        flashes.done(_("Saved."))
        answer = see_other("accounts.show")
        set_locale_cookie(answer, form.locale.data)
        return answer
    return _account_page(profile=form)


@blueprint.post("/account/password")
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def change_password() -> ViewResponse:
    """Change the password."""
    viewer, form = current_viewer(), PasswordForm()
    if form.validate_on_submit():
        with form.catch_refusal():
            change = use_cases.PasswordChange(
                form.old.data or "", form.password.data or "", personal_words(viewer.user_id)
            )
            use_cases.change_password(viewer, change, hash_cost(), current_token())
            flashes.done(_("Your password has been changed. You have been signed out everywhere else."))
            return see_other("accounts.show")
    return _account_page(password=form)


@blueprint.post("/account/address")
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def change_address() -> ViewResponse:
    """Request a change of e-mail address."""
    form = AddressForm()
    if form.saves(
        lambda: use_cases.request_email_change(
            current_viewer(),
            email=form.email.data or "",
            password=form.present.data or "",
            cost=hash_cost(),
        )
    ):
        flashes.done(
            _(
                "We have sent a link to %(email)s. Your address changes when you use it.",
                email=form.email.data,
            )
        )
        return see_other("accounts.show")
    return _account_page(address=form)


def _account_page(
    profile: ProfileForm | None = None,
    password: PasswordForm | None = None,
    address: AddressForm | None = None,
) -> str:
    viewer = current_viewer()
    return render_template(
        "accounts/account.html",
        form=profile or ProfileForm(formdata=None, name=viewer.name, locale=viewer.locale),
        password_form=password or PasswordForm(formdata=None),
        address_form=address or AddressForm(formdata=None),
        has_factor=queries.has_two_factor(viewer),
    )


@blueprint.get("/account/sessions")
@access.signed_in
def sessions() -> ViewResponse:
    """List the user's sessions."""
    items = queries.sessions_of(current_viewer())
    current = queries.find_session(current_token() or "")
    rows = [
        (item, device_name(item.user_agent), current is not None and item.id == current.id) for item in items
    ]
    return render_template("accounts/sessions.html", rows=rows)


@blueprint.post("/account/sessions/<int:session_id>/end")
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def end_session(session_id: int) -> ViewResponse:
    """End one session."""
    current = queries.find_session(current_token() or "")
    use_cases.end_session(current_viewer(), session_id)
    flashes.done(_("The device has been signed out."))
    if current is not None and current.id == session_id:
        logout_user()
        return see_other("pages.front")
    return see_other("accounts.sessions")


@blueprint.post("/account/sign-out-everywhere")
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def sign_out_everywhere() -> ViewResponse:
    """End all other sessions."""
    use_cases.sign_out_everywhere(current_viewer(), current_token())
    flashes.done(_("You have been signed out everywhere else."))
    return see_other("accounts.sessions")
