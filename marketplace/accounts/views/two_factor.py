"""Setting up and removing two-factor sign-in."""

import io

import segno
from flask import Response, current_app, render_template

from marketplace.accounts import queries, use_cases
from marketplace.accounts.forms import ConfirmForm, SetUpForm
from marketplace.accounts.views.base import blueprint, hash_cost, secret_cipher, set_session_cookie
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes, form_recovery
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import (
    STEP_ENDPOINTS,
    current_person,
    current_token,
    current_viewer,
    forget_loaded_user,
    pending_step,
    requires_two_factor,
)

OWN_ACCOUNT = (
    "users manage their own second factor; if required, they set it up before the sign-in is complete"
)


def _redirect_if_not_enrolling() -> ViewResponse | None:
    """Redirect users with an unfinished sign-in, unless the missing step is enrolment."""
    stage = pending_step()
    if stage in {None, "enrol"}:
        return None
    return see_other(STEP_ENDPOINTS[str(stage)])


@blueprint.get("/account/second-step")
@access.signing_in
def two_factor() -> ViewResponse:
    """Show the two-factor settings."""
    if (redirect_response := _redirect_if_not_enrolling()) is not None:
        return redirect_response
    return _page(SetUpForm(formdata=None), ConfirmForm(formdata=None))


def _page(set_up: SetUpForm, confirm: ConfirmForm) -> str:
    person = current_person()
    secret = use_cases.pending_secret(person, secret_cipher())
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else ""
    return render_template(
        "accounts/two_factor.html",
        has_factor=queries.has_two_factor(person),
        codes_left=queries.recovery_codes_left(person),
        must_have=requires_two_factor(),
        secret=grouped,
        waits=pending_step() is not None,
        set_up=set_up,
        confirm=confirm,
    )


@blueprint.post("/account/second-step/begin")
@access.reads_and_writes(Level.SIGNING_IN, because=OWN_ACCOUNT)
def begin_two_factor() -> ViewResponse:
    """Generate a secret for the app."""
    if (redirect_response := _redirect_if_not_enrolling()) is not None:
        return redirect_response
    use_cases.begin_two_factor(current_person(), secret_cipher())
    if form_recovery.pending_form():
        return _page(SetUpForm(formdata=None), ConfirmForm(formdata=None))
    return see_other("accounts.two_factor")


@blueprint.get("/account/second-step/qr.svg")
@access.signing_in
def two_factor_qr() -> ViewResponse:
    """Return the secret as a QR code."""
    if (redirect_response := _redirect_if_not_enrolling()) is not None:
        return redirect_response
    address = use_cases.pending_provisioning_uri(
        current_person(), secret_cipher(), current_app.config["SITE_NAME"]
    )
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    answer = Response(picture.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/account/second-step/confirm")
@access.reads_and_writes(Level.SIGNING_IN, because=OWN_ACCOUNT)
def confirm_two_factor() -> ViewResponse:
    """Enable two-factor sign-in and show the recovery codes once."""
    if (redirect_response := _redirect_if_not_enrolling()) is not None:
        return redirect_response
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.catch_refusal():
            token, codes = use_cases.confirm_two_factor(
                current_person(), form.code.data or "", current_token() or "", secret_cipher()
            )
            set_session_cookie(token)
            forget_loaded_user()
            return render_template("accounts/recovery_codes.html", codes=codes)
    return _page(SetUpForm(formdata=None), form)


@blueprint.post("/account/second-step/codes")
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def renew_recovery_codes() -> ViewResponse:
    """Replace the recovery codes, after a password check."""
    viewer, form = current_viewer(), SetUpForm()
    if form.saves(
        lambda: use_cases.require_password(viewer, form.present.data or "", hash_cost(), "present")
    ):
        codes = use_cases.renew_recovery_codes(viewer)
        return render_template("accounts/recovery_codes.html", codes=codes)
    return _page(form, ConfirmForm(formdata=None))


@blueprint.post("/account/second-step/off")
@access.reads_and_writes(Level.SIGNED_IN, because=OWN_ACCOUNT)
def disable_two_factor() -> ViewResponse:
    """Disable two-factor sign-in, after a password check."""
    viewer, form = current_viewer(), SetUpForm()
    if form.validate_on_submit():
        with form.catch_refusal():
            use_cases.require_password(viewer, form.present.data or "", hash_cost(), "present")
            use_cases.disable_two_factor(viewer, current_token() or "", required=requires_two_factor())
            flashes.done(_("Two-step sign-in is now off."))
            return see_other("accounts.two_factor")
    return _page(form, ConfirmForm(formdata=None))
