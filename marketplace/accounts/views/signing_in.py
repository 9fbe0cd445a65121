"""Signing in and out, one's own account, and the administrator's list of people."""

from flask import Blueprint, abort, current_app, render_template, request, url_for
from flask_login import login_user, logout_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from marketplace.accounts import queries, use_cases
from marketplace.accounts.forms import ForgottenForm, NewPasswordForm, PasswordForm, ProfileForm, SignInForm
from marketplace.accounts.use_cases import HashCost
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import ANONYMOUS
from marketplace.web import access, flashes
from marketplace.web.locale import LOCALE_COOKIE
from marketplace.web.redirects import safe_path, see_other
from marketplace.web.viewer import SignedIn, current_token, current_viewer

blueprint = Blueprint("accounts", __name__)
Answer = str | Response | tuple[str, int]


def hash_cost() -> HashCost:
    """Return what a password check costs on this installation."""
    settings = current_app.config["SETTINGS"]
    return HashCost(settings.password_hash_cost, 1024 if settings.testing else 65_536)


def remember_sign_in(token: str) -> None:
    """Let the browser hold the secret of a new session."""
    login_user(SignedIn(ANONYMOUS, token))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> Answer:
    """Sign in with e-mail and password; in demo mode also with one click."""
    target = safe_path(request.args.get("next"))
    if current_viewer().is_signed_in:
        return redirect(target or url_for("pages.home"), 303)
    form = SignInForm()
    if form.validate_on_submit():
        token = use_cases.sign_in(
            form.email.data or "", form.password.data or "", hash_cost(), str(request.user_agent)
        )
        if token:
            remember_sign_in(token)
            return redirect(target or url_for("pages.home"), 303)
        form.form_errors.append(
            _("Address and password do not belong together. Try again, or ask for a new password.")
        )
    people = current_app.extensions["demo_people"]() if current_app.config["DEMO"] else []
    return render_template("accounts/sign_in.html", form=form, target=target, people=people)


@blueprint.post("/sign-in/demo")
@access.public
def demo_sign_in() -> Answer:
    """Sign in as one of the demo's people; only where demo mode is on."""
    if not current_app.config["DEMO"]:
        raise NotFound
    allowed = {person["email"] for person in current_app.extensions["demo_people"]()}
    user = queries.find_user_by_email(request.form.get("email", "")[:254])
    if user is None or user.email not in allowed:
        raise NotFound
    remember_sign_in(use_cases.open_session(user.id, str(request.user_agent)))
    return redirect(safe_path(request.form.get("next")) or url_for("pages.home"), 303)


@blueprint.post("/sign-out")
@access.signed_in
def sign_out() -> Answer:
    """End this session."""
    use_cases.sign_out(current_token() or "")
    logout_user()
    flashes.done(_("You are logged out."))
    return see_other("pages.front")


@blueprint.route("/forgotten", methods=["GET", "POST"])
@access.public
def forgotten() -> Answer:
    """Ask for a link that sets a new password."""
    form = ForgottenForm()
    if form.validate_on_submit():
        use_cases.ask_for_reset(form.email.data or "")
        return render_template("accounts/forgotten_sent.html", email=form.email.data)
    return render_template("accounts/forgotten.html", form=form)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access.public
def reset(token: str) -> Answer:
    """Set a new password by a mailed link."""
    if use_cases.find_reset(token) is None:
        abort(410)
    form = NewPasswordForm()
    if form.validate_on_submit():
        try:
            use_cases.reset_password(token, form.password.data or "", hash_cost())
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Your new password is set. Log in with it."))
            return see_other("accounts.sign_in")
    return render_template("accounts/reset.html", form=form)


@blueprint.route("/account", methods=["GET", "POST"])
@access.signed_in
def show() -> Answer:
    """One's own account: name, language, password, where one is signed in."""
    viewer = current_viewer()
    form = ProfileForm(name=viewer.name, locale=viewer.locale)
    if form.validate_on_submit():
        use_cases.change_profile(viewer, name=form.name.data or "", locale=form.locale.data)
        flashes.done(_("Saved."))
        answer = see_other("accounts.show")
        answer.set_cookie(LOCALE_COOKIE, form.locale.data, max_age=31_536_000, samesite="Lax", httponly=True)
        return answer
    return _account_page(form, PasswordForm(formdata=None))


@blueprint.post("/account/password")
@access.signed_in
def change_password() -> Answer:
    """Change one's password."""
    viewer, form = current_viewer(), PasswordForm()
    if form.validate_on_submit():
        try:
            use_cases.change_password(
                viewer,
                old=form.old.data or "",
                new=form.password.data or "",
                cost=hash_cost(),
                token=current_token(),
            )
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Your password is changed. You are logged out everywhere else."))
            return see_other("accounts.show")
    return _account_page(ProfileForm(formdata=None, name=viewer.name, locale=viewer.locale), form)


def _account_page(profile: ProfileForm, password: PasswordForm) -> str:
    return render_template(
        "accounts/account.html",
        form=profile,
        password_form=password,
        sessions=queries.sessions_of(current_viewer()),
    )


@blueprint.post("/account/sign-out-everywhere")
@access.signed_in
def sign_out_everywhere() -> Answer:
    """End all other sessions."""
    use_cases.sign_out_everywhere(current_viewer(), current_token())
    flashes.done(_("You are logged out everywhere else."))
    return see_other("accounts.show")


@blueprint.get("/admin/users")
@access.admin
def admin_users() -> Answer:
    """People, for administrators."""
    text = request.args.get("q", "")[:100].strip()
    page = queries.users(text, request.args.get("page", 1, type=int))
    return render_template("accounts/admin_users.html", page=page, text=text)


@blueprint.post("/admin/users/<int:user_id>/active")
@access.admin
def admin_user_active(user_id: int) -> Answer:
    """Close or open an account."""
    active = request.form.get("active") == "yes"
    use_cases.set_active(current_viewer(), user_id, active=active)
    flashes.done(
        _("The account is open again.")
        if active
        else _("The account is closed, and the person is logged out.")
    )
    return see_other("accounts.admin_users", q=request.form.get("q", "")[:100])
