"""Setting up the second step of signing in."""

import io

import segno
from flask import Response, current_app, render_template

from marketplace.accounts import queries, use_cases
from marketplace.accounts.forms import ConfirmForm, SetUpForm
from marketplace.accounts.views.base import Answer, blueprint, hash_cost, secret_cipher, set_session_cookie
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.viewer import (
    current_person,
    current_token,
    current_viewer,
    requires_two_factor,
    waiting_for,
)

ONES_OWN = "a person's own second step; who must have one sets it up before being let in"


def _redirect_if_not_enrolling() -> Answer | None:
    """Send on who has other things to do first: the page is for those who are in, or must enrol to get in."""
    stage = waiting_for()
    if stage in {None, "enrol"}:
        return None
    return see_other(access.UNFINISHED[str(stage)])


@blueprint.get("/account/second-step")
@access.begun
def two_factor() -> Answer:
    """Whether one has a second step, and setting it up."""
    if (elsewhere := _redirect_if_not_enrolling()) is not None:
        return elsewhere
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
        waits=waiting_for() is not None,
        set_up=set_up,
        confirm=confirm,
    )


@blueprint.post("/account/second-step/begin")
@access.begun
@access.writes(Level.BEGUN, because=ONES_OWN)
def begin_two_factor() -> Answer:
    """Make a secret for the app."""
    if (elsewhere := _redirect_if_not_enrolling()) is not None:
        return elsewhere
    use_cases.begin_two_factor(current_person(), secret_cipher())
    return see_other("accounts.two_factor")


@blueprint.get("/account/second-step/qr.svg")
@access.begun
def two_factor_qr() -> Answer:
    """The secret as a picture that the app's camera reads."""
    if (elsewhere := _redirect_if_not_enrolling()) is not None:
        return elsewhere
    address = use_cases.pending_provisioning_uri(
        current_person(), secret_cipher(), current_app.config["SITE_NAME"]
    )
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    answer = Response(picture.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/account/second-step/confirm")
@access.begun
@access.writes(Level.BEGUN, because=ONES_OWN)
def confirm_two_factor() -> Answer:
    """Turn the second step on, and show the codes for paper once."""
    if (elsewhere := _redirect_if_not_enrolling()) is not None:
        return elsewhere
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            token, codes = use_cases.confirm_two_factor(
                current_person(), form.code.data or "", current_token() or "", secret_cipher()
            )
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            set_session_cookie(token)
            return render_template("accounts/recovery_codes.html", codes=codes)
    return _page(SetUpForm(formdata=None), form)


@blueprint.post("/account/second-step/codes")
@access.signed_in
@access.writes(Level.SIGNED_IN, because=ONES_OWN)
def renew_recovery_codes() -> Answer:
    """Make new codes for paper, with the password."""
    viewer, form = current_viewer(), SetUpForm()
    if form.validate_on_submit():
        try:
            use_cases.require_password(viewer, form.present.data or "", hash_cost(), "present")
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            codes = use_cases.renew_recovery_codes(viewer)
            return render_template("accounts/recovery_codes.html", codes=codes)
    return _page(form, ConfirmForm(formdata=None))


@blueprint.post("/account/second-step/off")
@access.signed_in
@access.writes(Level.SIGNED_IN, because=ONES_OWN)
def disable_two_factor() -> Answer:
    """Take away one's second step, with the password."""
    viewer, form = current_viewer(), SetUpForm()
    if form.validate_on_submit():
        try:
            use_cases.require_password(viewer, form.present.data or "", hash_cost(), "present")
            use_cases.disable_two_factor(viewer, current_token() or "", must_have=requires_two_factor())
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Two-step sign-in is now off."))
            return see_other("accounts.two_factor")
    return _page(form, ConfirmForm(formdata=None))
