"""Signing in and out, confirming an address, and resetting a password."""

from flask import current_app, render_template, request, session, url_for
from flask_login import logout_user
from werkzeug.utils import redirect

from marketplace.accounts import queries, use_cases
from marketplace.accounts.forms import (
    CodeForm,
    ConfirmAddressForm,
    ForgottenPasswordForm,
    NewPasswordForm,
    SignInForm,
)
from marketplace.accounts.views.base import (
    blueprint,
    hash_cost,
    minimum_duration,
    personal_words,
    request_origin,
    secret_cipher,
    set_session_cookie,
)
from marketplace.core.errors import NotFound, RuleBroken, TooMany, or_404
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes, form_recovery
from marketplace.web.access import Level
from marketplace.web.redirects import safe_path, see_other
from marketplace.web.request import is_inspection
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_person, current_token, current_viewer, pending_step

GONE, TOO_MANY = 410, 429


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because="visitors sign in here")
def sign_in() -> ViewResponse:
    """Sign in with e-mail and password; in demo mode also with one click."""
    target = safe_path(request.args.get("next"))
    if current_viewer().is_signed_in and not form_recovery.pending_form():
        return redirect(target or url_for("pages.home"), 303)
    form, status, headers = SignInForm(), 200, {}
    if form.validate_on_submit():
        attempt = use_cases.SignInAttempt(
            form.email.data or "",
            form.password.data or "",
            request_origin(),
            str(request.user_agent),
        )
        try:
            token = use_cases.sign_in(attempt, hash_cost())
        except TooMany as error:
            form.add_form_error(error.message)
            status, headers = TOO_MANY, {"Retry-After": str(error.seconds)}
        else:
            if token:
                use_cases.sign_out(current_token() or "")
                set_session_cookie(token)
                return form_recovery.resume() or redirect(target or url_for("pages.home"), 303)
            form.add_form_error(
                _(
                    "The e-mail address and password do not match. Try again or request a new password. If you have just registered, first use the link that we e-mailed to you."
                )
            )
    people = current_app.extensions["demo_people"]() if current_app.config["DEMO"] else []
    html = render_template("accounts/sign_in.html", form=form, target=target, people=people)
    return html, status, headers


@blueprint.post("/sign-in/demo")
@access.reads_and_writes(
    Level.PUBLIC,
    because="in demo mode anyone may sign in as any demo user; otherwise the page does not exist",
)
def demo_sign_in() -> ViewResponse:
    """Sign in as a demo user; only in demo mode."""
    if not current_app.config["DEMO"]:
        raise NotFound
    # The page identifies users by role, to show no addresses; scripts may use the address.
    identifiers = {request.form.get("person"), request.form.get("email")}
    people = current_app.extensions["demo_people"]()
    chosen = next((person for person in people if {person["key"], person["email"]} & identifiers), None)
    user = or_404(queries.find_user_by_email(chosen["email"]) if chosen else None)
    use_cases.sign_out(current_token() or "")
    set_session_cookie(use_cases.open_session(user.id, str(request.user_agent), code_verified=True))
    target = safe_path(request.form.get("next"))
    return form_recovery.resume() or redirect(target or url_for("pages.home"), 303)


@blueprint.post("/sign-in/continue")
@access.reads_and_writes(
    Level.SIGNING_IN, because="the form that is shown again belongs to the user who signs in"
)
def continue_form() -> ViewResponse:
    """Show the form that was submitted before the sign-in."""
    return form_recovery.resume() or redirect(url_for("pages.home"), 303)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access.reads_and_writes(Level.SIGNING_IN, because="the code completes the sign-in")
def enter_code() -> ViewResponse:
    """Enter a two-factor or recovery code."""
    target = safe_path(request.args.get("next"))
    if pending_step() != "code":
        return redirect(target or url_for("pages.home"), 303)
    form, status, headers = CodeForm(), 200, {}
    if form.validate_on_submit():
        try:
            token = use_cases.verify_code(
                current_person(), form.code.data or "", current_token() or "", secret_cipher()
            )
        except RuleBroken as error:
            form.add_rule_error(error)
        except TooMany as error:
            form.add_form_error(error.message)
            status, headers = TOO_MANY, {"Retry-After": str(error.seconds)}
        else:
            set_session_cookie(token)
            return form_recovery.resume() or redirect(target or url_for("pages.home"), 303)
    return render_template("accounts/enter_code.html", form=form, target=target), status, headers


@blueprint.post("/sign-out")
@access.reads_and_writes(Level.SIGNING_IN, because="users end their own session, complete or not")
def sign_out() -> ViewResponse:
    """End this session."""
    use_cases.sign_out(current_token() or "")
    logout_user()
    flashes.done(_("You have signed out."))
    return see_other("pages.front")


REGISTRATION_KEY = "registration"
"""Session key of what the browser has registered: the key to request the e-mail again, its address and its target."""


def remember_registration(browser_key: str, email: str, target: str = "") -> None:
    """Let this browser request the confirmation e-mail again."""
    session[REGISTRATION_KEY] = {"key": browser_key, "email": email, "next": target}


@blueprint.get("/check-mail")
@access.public
def check_mail() -> ViewResponse:
    """Ask the user to check their e-mail; shown after registration."""
    if current_viewer().is_signed_in:
        return see_other("pages.home")
    return render_template(
        "accounts/check_mail.html", email=session.get(REGISTRATION_KEY, {}).get("email", "")
    )


@blueprint.post("/check-mail/again")
@access.reads_and_writes(
    Level.PUBLIC, because="only the browser that registered has the key to request the e-mail"
)
def send_again() -> ViewResponse:
    """E-mail the confirmation link again."""
    registered = session.get(REGISTRATION_KEY)
    if not registered:
        return see_other("accounts.check_mail")
    with minimum_duration():
        sent = use_cases.resend_confirmation(
            registered["key"], registered["email"], registered["next"], request_origin()
        )
    if sent:
        flashes.done(_("We have sent a new link. The old link no longer works."))
    else:
        flashes.warn(
            _("We cannot send another e-mail yet. Check your spam folder, or try again in a few hours.")
        )
    return see_other("accounts.check_mail")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="the e-mailed token and the chosen password authorize the confirmation"
)
def confirm(token: str) -> ViewResponse:
    """Confirm the address of a registration, or a new address, with the password chosen for it.

    The browser that registered has sent the password, so there the link alone confirms the registration.
    """
    registration = queries.find_registration(token)
    link = None if registration else queries.find_confirmation(token)
    if registration is None and link is None:
        return _past_link(token, "email", "registration")
    form, status, headers = ConfirmAddressForm(), 200, {}
    own_key = session.get(REGISTRATION_KEY, {}).get("key")
    if registration and own_key and request.method == "GET" and not is_inspection():
        with form.catch_refusal():
            user_id = use_cases.confirm_in_own_browser(token, own_key, request_origin())
            if user_id is not None:
                return _start_session(user_id)
    if form.validate_on_submit():
        try:
            return _confirm(token, form.password.data or "", is_registration=registration is not None)
        except RuleBroken as error:
            form.add_rule_error(error)
        except NotFound:
            return _past_link(token, "email", "registration")
        except TooMany as error:
            form.add_form_error(error.message)
            status, headers = TOO_MANY, {"Retry-After": str(error.seconds)}
    html = render_template("accounts/confirm.html", form=form, registration=registration, link=link)
    return html, status, headers


def _past_link(token: str, *purposes: str) -> ViewResponse:
    """Return the page of a link that was used, or that has expired or been replaced, with the next step."""
    link = queries.find_used_link(token, *purposes)
    return render_template(
        "accounts/used_or_expired_link.html", link=link, is_reset="reset" in purposes
    ), GONE


def _confirm(token: str, password: str, *, is_registration: bool) -> ViewResponse:
    if not is_registration:
        use_cases.confirm_address(token, password, hash_cost())
        flashes.done(_("The address has been confirmed."))
        return see_other("accounts.sign_in")
    return _start_session(use_cases.confirm_registration(token, password, hash_cost(), request_origin()))


def _start_session(user_id: int) -> ViewResponse:
    """Sign in the user of a registration that has just been confirmed, and open the page that the link asks for."""
    use_cases.sign_out(current_token() or "")
    set_session_cookie(use_cases.open_session(user_id, str(request.user_agent)))
    flashes.done(_("The address has been confirmed."))
    return redirect(safe_path(request.args.get("next")) or url_for("pages.home"), 303)


@blueprint.route("/forgotten", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because="users without their password cannot sign in")
def forgotten_password() -> ViewResponse:
    """Request a password reset link."""
    form = ForgottenPasswordForm()
    if form.validate_on_submit():
        with minimum_duration():
            use_cases.request_password_reset(form.email.data or "", request_origin())
        return render_template("accounts/password_reset_sent.html", email=form.email.data)
    return render_template("accounts/forgotten_password.html", form=form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because="the e-mailed token authorizes the reset")
def reset(token: str) -> ViewResponse:
    """Set a new password through a reset link."""
    user_id = use_cases.find_reset_user_id(token)
    if user_id is None:
        return _past_link(token, "reset")
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            use_cases.reset_password(
                token, form.password.data or "", hash_cost(), personal_words(user_id), request_origin()
            )
        except RuleBroken as error:
            form.add_rule_error(error)
        except NotFound:
            return _past_link(token, "reset")
        else:
            flashes.done(_("Your new password has been saved. Sign in with it."))
            return see_other("accounts.sign_in")
    return render_template("accounts/reset.html", form=form)
