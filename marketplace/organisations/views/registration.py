"""Registering a company, with a new account or for a person who has one."""

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from werkzeug.utils import redirect

from marketplace.accounts import use_cases as accounts
from marketplace.accounts.views import (
    hash_cost,
    proven_email,
    remember_registration,
    request_origin,
    set_session_cookie,
)
from marketplace.core import taxonomy
from marketplace.core.email_address import normalize_email
from marketplace.core.i18n import gettext as _
from marketplace.core.text import clean_text
from marketplace.organisations import use_cases
from marketplace.organisations.forms import AddCompanyForm, CompanyFields, RegisterCompanyForm
from marketplace.organisations.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.query_args import query_arg
from marketplace.web.redirects import safe_path, see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_token, current_viewer

MAX_OWN_WORDS = 10_000


PREFILLED = ("name", "organisation_number", "municipality", "sector")
"""Fields of a company that another page has asked for, as arguments of the query string."""


@blueprint.get("/register")
@access.public
def register() -> ViewResponse:
    """Choose the kind of account to create."""
    return render_template("organisations/register.html", target=safe_path(request.args.get("next")))


@blueprint.route("/register/company", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="anyone can register a company; it cannot act before the address is confirmed"
)
def register_company() -> ViewResponse:
    """Register a company, with a new account unless signed in."""
    viewer, begun = current_viewer(), _begun_brief()
    target = safe_path(request.args.get("next")) or (url_for("briefs.newest") if begun else None)
    is_first_view = request.form.get("then") == "begin"  # posted by the page on which the brief was begun
    prefilled = {name: query_arg(name, 120) for name in PREFILLED}
    options: dict[str, Any] = {"data": prefilled | {"email": proven_email()}}
    options |= {"formdata": None} if is_first_view else {}
    form: CompanyFields = (AddCompanyForm if viewer.is_signed_in else RegisterCompanyForm)(**options)
    if not is_first_view and form.validate_on_submit():
        with form.catch_refusal():
            if isinstance(form, RegisterCompanyForm):
                person = replace(form.person(target or ""), origin=request_origin())
                if normalize_email(person.email) == proven_email():
                    user_id = use_cases.register_proven_company(person, form.details(), hash_cost(), begun)
                    set_session_cookie(accounts.open_session(user_id, str(request.user_agent)))
                    return _registered(target)
                key = use_cases.register_company(person, form.details(), hash_cost(), begun)
                remember_registration(key, person.email, person.target)
                return see_other("accounts.check_mail")
            membership_id = use_cases.create_own_company(viewer, form.details(), begun)
            use_cases.choose_organisation(viewer, current_token() or "", membership_id)
            return _registered(target)
    return render_template("organisations/register_company.html", form=form, begun=begun, target=target)


def _registered(target: str | None) -> ViewResponse:
    flashes.done(_("Welcome. Your company has been registered."))
    return redirect(target or url_for("pages.home"), 303)


def _begun_brief() -> dict[str, Any]:
    """Return the words and services of a brief that was begun before registering; empty if there is none."""
    given = request.values.get("own_words") or request.args.get("q", "")  # "q" comes from the front page
    words = clean_text(given[:MAX_OWN_WORDS]) or ""
    codes = request.values.get("services", "")[:400].split(",")
    if request.form.get("shown"):
        codes = request.form.getlist("service")
    services = [code for code in codes if code in taxonomy.services()]
    return {"own_words": words, "services": services} if words or services else {}
