"""Refusals awaiting a second curator, and appeals."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.suppliers.completeness import format_area
from marketplace.vetting import appeal_rules, queries, rules, second_review_rules, use_cases
from marketplace.vetting.forms import AppealAnswerForm, AppealForm, RefusalAnswerForm
from marketplace.vetting.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def _render(template: str, case: queries.ReviewCase, form: Any) -> ViewResponse:
    return render_template(
        template,
        review=case,
        vetting=case.vetting,
        supplier=case.supplier,
        form=form,
        rules=rules,
        area=format_area(case.supplier),
        ticked=queries.services_in_category(case.supplier, case.vetting.category),
    )


def _run_action(form: Any, act: Callable[[], object], done: Callable[[], str]) -> ViewResponse | None:
    """Run an action and redirect to the queue. If it breaks a rule, add the error to the form and return None."""
    try:
        act()
    except RuleBroken as error:
        form.add_rule_error(error)
        return None
    except Conflict as error:
        if form.has_text():  # the error page shows it to copy
            raise
        flashes.warn(error.message)
    else:
        flashes.done(done())
    return see_other("vetting.queue")


@blueprint.route("/vetting/refusals/<int:refusal_id>", methods=["GET", "POST"])
@access.garden
@access.writes(access.Level.CURATOR, because="the garden reads what is proposed; a second curator confirms")
def refusal(refusal_id: int) -> ViewResponse:
    """Show a proposed refusal; confirm, return or withdraw it."""
    viewer, form = current_viewer(), RefusalAnswerForm()
    case = queries.refusal_case(viewer, refusal_id)
    if form.validate_on_submit():
        action, name = request.form.get("decision", ""), case.supplier.name
        response = _run_action(
            form,
            lambda: use_cases.answer_refusal(viewer, refusal_id, action, form.text.data or ""),
            lambda: _refusal_message(action, name),
        )
        if response:
            return response
    return _render("vetting/refusal.html", case, form)


def _refusal_message(action: str, name: str) -> str:
    messages = {
        second_review_rules.CONFIRM: _("%(supplier)s has been refused and given the reasons.", supplier=name),
        second_review_rules.RETURN: _("The application from %(supplier)s has been returned.", supplier=name),
        second_review_rules.WITHDRAW: _(
            "You have withdrawn the proposal. The application is waiting for you again."
        ),
    }
    return messages[action]


@blueprint.route("/vetting/appeals/<int:appeal_id>", methods=["GET", "POST"])
@access.garden
@access.writes(
    access.Level.CURATOR, because="the vetting garden reads the appeal; a curator elsewhere decides it"
)
def appeal(appeal_id: int) -> ViewResponse:
    """Show an appeal, and decide it."""
    viewer, form = current_viewer(), AppealAnswerForm()
    case = queries.appeal_case(viewer, appeal_id)
    if form.validate_on_submit():
        action, name = request.form.get("decision", ""), case.supplier.name
        response = _run_action(
            form,
            lambda: use_cases.answer_appeal(viewer, appeal_id, action, form.reason.data or ""),
            lambda: _appeal_message(action, name),
        )
        if response:
            return response
    return _render("vetting/appeal.html", case, form)


def _appeal_message(action: str, name: str) -> str:
    if action == appeal_rules.GRANT:
        return _("%(supplier)s is approved and has been notified.", supplier=name)
    return _("The refusal has been upheld, and %(supplier)s has been notified.", supplier=name)


@blueprint.route("/profile/vetting/<int:vetting_id>/appeal", methods=["GET", "POST"])
@access.supplier_owner
def make_appeal(vetting_id: int) -> ViewResponse:
    """Appeal a refusal."""
    viewer, form = current_viewer(), AppealForm()
    vetting = queries.own_vetting(viewer, vetting_id)
    if form.saves(lambda: use_cases.appeal(viewer, vetting_id, form.text.data or "")):
        flashes.done(_("Your appeal has been sent. You will get an answer with reasons."))
        return see_other("vetting.profile", _anchor=f"kind-{vetting.category}")
    open_now = queries.can_appeal(vetting)
    return render_template(
        "vetting/make_appeal.html", form=form, vetting=vetting, rules=rules, open_now=open_now
    )


@blueprint.get("/admin/appeals")
@access.admin
def appeals() -> ViewResponse:
    """List all appeals for administrators."""
    return render_template("vetting/appeals.html", appeals=queries.all_appeals(current_viewer()))
