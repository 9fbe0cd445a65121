"""Pages about what takes more than one: a refusal that waits for a second curator, and appeals."""

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.suppliers.completeness import area_in_words
from marketplace.vetting import queries, rules, second_review, use_cases
from marketplace.vetting.forms.second_reviews import AppealAnswerForm, AppealForm, RefusalAnswerForm
from marketplace.vetting.views.base import Answer, blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer


def _page(template: str, matter: queries.Matter, form: Any) -> Answer:
    return render_template(
        template,
        matter=matter,
        item=matter.vetting,
        supplier=matter.supplier,
        form=form,
        rules=rules,
        area=area_in_words(matter.supplier),
        ticked=queries.services_in_category(matter.supplier, matter.vetting.category),
    )


def _answered(form: Any, act: Callable[[], object], done: Callable[[], str]) -> Answer | None:
    """Do what was decided and go back to the desk; None when a rule stands against it, which the form then says."""
    try:
        act()
    except RuleBroken as error:
        form.add_rule_error(error)
        return None
    except Conflict as error:
        flashes.warn(error.message)
    else:
        flashes.done(done())
    return see_other("vetting.queue")


@blueprint.route("/vetting/refusals/<int:refusal_id>", methods=["GET", "POST"])
@access.garden
@access.writes(access.Level.CURATOR, because="the garden reads what is proposed; a second curator confirms")
def refusal(refusal_id: int) -> Answer:
    """Read a refusal that somebody has proposed; confirm it or send it back."""
    viewer, form = current_viewer(), RefusalAnswerForm()
    matter = queries.refusal_for(viewer, refusal_id)
    if form.validate_on_submit():
        move, name = request.form.get("decision", ""), matter.supplier.name
        answered = _answered(
            form,
            lambda: use_cases.answer_refusal(viewer, refusal_id, move, form.text.data or ""),
            lambda: _refusal_done(move, name),
        )
        if answered:
            return answered
    return _page("vetting/refusal.html", matter, form)


def _refusal_done(move: str, name: str) -> str:
    said = {
        second_review.CONFIRM: _("%(supplier)s has been refused and given the reasons.", supplier=name),
        second_review.RETURN: _("The application from %(supplier)s has been returned.", supplier=name),
        second_review.WITHDRAW: _(
            "You have withdrawn the proposal. The application is waiting for you again."
        ),
    }
    return said[move]


@blueprint.route("/vetting/appeals/<int:appeal_id>", methods=["GET", "POST"])
@access.garden
@access.writes(
    access.Level.CURATOR, because="the garden that refused reads the appeal; a curator elsewhere judges it"
)
def appeal(appeal_id: int) -> Answer:
    """Read an appeal, and judge it."""
    viewer, form = current_viewer(), AppealAnswerForm()
    matter = queries.appeal_for(viewer, appeal_id)
    if form.validate_on_submit():
        move, name = request.form.get("decision", ""), matter.supplier.name
        answered = _answered(
            form,
            lambda: use_cases.answer_appeal(viewer, appeal_id, move, form.reason.data or ""),
            lambda: _appeal_done(move, name),
        )
        if answered:
            return answered
    return _page("vetting/appeal.html", matter, form)


def _appeal_done(move: str, name: str) -> str:
    if move == second_review.GRANT:
        return _("%(supplier)s is approved and has been notified.", supplier=name)
    return _("The refusal has been upheld, and %(supplier)s has been notified.", supplier=name)


@blueprint.route("/profile/vetting/<int:vetting_id>/appeal", methods=["GET", "POST"])
@access.supplier_owner
def make_appeal(vetting_id: int) -> Answer:
    """Ask another garden to look at a refusal."""
    viewer, form = current_viewer(), AppealForm()
    item = queries.appealable(viewer, vetting_id)
    if form.validate_on_submit():
        try:
            use_cases.appeal(viewer, vetting_id, form.text.data or "")
        except RuleBroken as error:
            form.add_rule_error(error)
        else:
            flashes.done(_("Your appeal has been sent. You will get an answer with reasons."))
            return see_other("vetting.profile", _anchor=f"kind-{item.category}")
    open_now = queries.can_appeal(item)
    return render_template("vetting/make_appeal.html", form=form, item=item, rules=rules, open_now=open_now)


@blueprint.get("/admin/appeals")
@access.admin
def appeals() -> Answer:
    """All appeals, for administrators: who refused, who looks, and how it ended."""
    return render_template("vetting/appeals.html", appeals=queries.all_appeals(current_viewer()))
