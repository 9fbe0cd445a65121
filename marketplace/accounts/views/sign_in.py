"""Signing in and out, confirming an address, and resetting a password."""

from flask import abort, current_app, render_template, request, url_for
from flask_login import logout_user
from werkzeug.utils import redirect

from marketplace.accounts import queries, use_cases
from marketplace.accounts.forms import CodeForm, ForgottenForm, NewPasswordForm, SignInForm
from marketplace.accounts.views.base import (
    Answer,
    blueprint,
    hash_cost,
    minimum_duration,
    personal_words,
    secret_cipher,
    set_session_cookie,
)
from marketplace.core.errors import NotFound, RuleBroken, TooMany
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import safe_path, see_other
from marketplace.web.viewer import current_person, current_token, current_viewer, pending_step

TOO_MANY = 429


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
@access.writes(Level.PUBLIC, because="visitors sign in here")
def sign_in() -> Answer:
    """Sign in with e-mail and password; in demo mode also with one click."""
    target = safe_path(request.args.get("next"))
    if current_viewer().is_signed_in:
        return redirect(target or url_for("pages.home"), 303)
    form, status, headers = SignInForm(), 200, {}
    if form.validate_on_submit():
        attempt = use_cases.SignInAttempt(
            form.email.data or "",
            form.password.data or "",
            request.remote_addr or "",
            str(request.user_agent),
        )
        try:
            token = use_cases.sign_in(attempt, hash_cost())
        except TooMany as error:
            form.form_errors.append(error.message)
            status, headers = TOO_MANY, {"Retry-After": str(error.seconds)}
        else:
            if token:
                use_cases.sign_out(current_token() or "")
                set_session_cookie(token)
                return redirect(target or url_for("pages.home"), 303)
            form.form_errors.append(
                _("The e-mail address and password do not match. Try again or request a new password.")
            )
    people = current_app.extensions["demo_people"]() if current_app.config["DEMO"] else []
    html = render_template("accounts/sign_in.html", form=form, target=target, people=people)
    return html, status, headers


@blueprint.post("/sign-in/demo")
@access.public
@access.writes(
    Level.PUBLIC,
    because="in demo mode anyone may sign in as any demo user; otherwise the page does not exist",
)
def demo_sign_in() -> Answer:
    """Sign in as a demo user; only in demo mode."""
    if not current_app.config["DEMO"]:
        raise NotFound
    # The page identifies users by role, to show no addresses; scripts may use the address.
    identifiers = {request.form.get("person"), request.form.get("email")}
    people = current_app.extensions["demo_people"]()
    chosen = next((person for person in people if {person["key"], person["email"]} & identifiers), None)
    user = queries.find_user_by_email(chosen["email"]) if chosen else None
    if user is None:
        raise NotFound
    use_cases.sign_out(current_token() or "")
    set_session_cookie(use_cases.open_session(user.id, str(request.user_agent), code_verified=True))
    return redirect(safe_path(request.form.get("next")) or url_for("pages.home"), 303)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@access.signing_in
@access.writes(Level.SIGNING_IN, because="the code completes the sign-in")
def enter_code() -> Answer:
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
            form.form_errors.append(error.message)
            status, headers = TOO_MANY, {"Retry-After": str(error.seconds)}
        else:
            set_session_cookie(token)
            return redirect(target or url_for("pages.home"), 303)
    return render_template("accounts/enter_code.html", form=form), status, headers


@blueprint.post("/sign-out")
@access.signing_in
@access.writes(Level.SIGNING_IN, because="users end their own session, complete or not")
def sign_out() -> Answer:
    """End this session."""
    use_cases.sign_out(current_token() or "")
    logout_user()
    flashes.done(_("You have signed out."))
    return see_other("pages.front")


@blueprint.get("/check-mail")
@access.public
def check_mail() -> Answer:
    """Ask the user to check their e-mail; shown after registration, and until the address is confirmed."""
    if current_viewer().is_signed_in:
        return see_other("pages.home")
    is_waiting = pending_step() == "verify"
    return render_template("accounts/check_mail.html", email=current_person().email if is_waiting else "")


@blueprint.post("/check-mail/again")
@access.signing_in
@access.writes(Level.SIGNING_IN, because="the e-mail goes to the user's own address")
def send_again() -> Answer:
    """E-mail the confirmation link again."""
    if pending_step() != "verify":
        return see_other("pages.home")
    if use_cases.resend_verification(current_person().user_id or 0):
        flashes.done(_("We have sent a new link. The old link no longer works."))
    else:
        flashes.warn(
            _(
                "You have been sent three e-mails in the last few hours. Check your spam folder, or wait a while."
            )
        )
    return see_other("accounts.check_mail")


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@access.public
@access.writes(Level.PUBLIC, because="the e-mailed token authorizes the confirmation")
def confirm(token: str) -> Answer:
    """Confirm an address. A POST is required, since mail clients may open links by themselves."""
    link = queries.find_confirmation(token)
    if link is None:
        abort(410)
    if request.method == "GET":
        return render_template("accounts/confirm.html", link=link)
    link, target = use_cases.confirm_address(token, current_token()), safe_path(request.args.get("next"))
    flashes.done(_("The address has been confirmed."))
    if current_person().user_id == link.user_id and link.purpose == "verify":
        return redirect(target or url_for("pages.home"), 303)
    return see_other("accounts.sign_in", next=target)


@blueprint.route("/forgotten", methods=["GET", "POST"])
@access.public
@access.writes(Level.PUBLIC, because="users without their password cannot sign in")
def forgotten() -> Answer:
    """Request a password reset link."""
    form = ForgottenForm()
    if form.validate_on_submit():
        with minimum_duration():
            use_cases.request_password_reset(form.email.data or "")
        return render_template("accounts/forgotten_sent.html", email=form.email.data)
    return render_template("accounts/forgotten.html", form=form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access.public
@access.writes(Level.PUBLIC, because="the e-mailed token authorizes the reset")
def reset(token: str) -> Answer:
    """Set a new password through a reset link."""
    user_id = use_cases.find_reset_user_id(token)
    if user_id is None:
        abort(410)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            use_cases.reset_password(token, form.password.data or "", hash_cost(), personal_words(user_id))
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Your new password has been saved. Sign in with it."))
            return see_other("accounts.sign_in")
    return render_template("accounts/reset.html", form=form)
