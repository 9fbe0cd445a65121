"""The garden's desk: applications, decisions, and its suppliers."""

from flask import render_template, request

from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import ngettext
from marketplace.suppliers.completeness import area_in_words
from marketplace.vetting import queries, rules, second_review, spam_review, use_cases
from marketplace.vetting.forms import checklist_of, decision_form
from marketplace.vetting.views.base import STANDINGS, Answer, blueprint
from marketplace.web import access, flashes
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer


@blueprint.get("/vetting")
@access.garden
def queue() -> Answer:
    """Applications, the one that has waited longest first."""
    viewer = current_viewer()
    asked = request.args.get("state", "waiting")
    standing = asked if asked in STANDINGS and asked != "paused" else "waiting"
    counted = queries.counts(viewer)
    return render_template(
        "vetting/queue.html",
        page=queries.queue(viewer, standing, page_arg(), counted),
        counts=counted,
        again=queries.to_read_again(viewer) if standing == "waiting" else (),
        to_confirm=queries.refusals_to_confirm(viewer) if standing == "waiting" else (),
        to_judge=queries.appeals_to_judge(viewer) if standing == "waiting" else (),
        standing=standing,
        names=STANDINGS,
        rules=rules,
    )


@blueprint.route("/vetting/<int:vetting_id>", methods=["GET", "POST"])
@access.garden
@access.writes(access.Level.CURATOR, because="the whole garden reads applications; curators decide")
def application(vetting_id: int) -> Answer:
    """Read an application, and decide."""
    viewer = current_viewer()
    found = queries.application(viewer, vetting_id)
    form, points = decision_form(found.vetting.category, found.vetting.checklist)
    status = 200
    if form.validate_on_submit():
        move = request.form.get("decision", "")
        try:
            decision = use_cases.Decision(move, form.seen(), checklist_of(points), form.reason.data or "")
            act = use_cases.propose_refusal if move in rules.TAKES_TWO else use_cases.decide
            act(viewer, vetting_id, decision)
        except RuleBroken as error:
            form.add_rule_error(error)
        except Conflict as error:
            form.form_errors.append(error.message)
            found, status = queries.application(viewer, vetting_id), 409
        else:
            flashes.done(_done(move, found.supplier.name))
            return see_other("vetting.queue")
    refusals = queries.refusals_of(vetting_id)
    html = render_template(
        "vetting/application.html",
        found=found,
        item=found.vetting,
        supplier=found.supplier,
        form=form,
        points=points,
        moves=rules.moves_from(found.standing),
        proposed=next((step for step in refusals if step.state == second_review.PROPOSED), None),
        refusals=refusals,
        odd=spam_review.found_in(found.supplier),
        odd_is_read=spam_review.looked_at(found.supplier, found.vettings),
        may_decide=viewer.is_curator and not found.has_tie,
        names=STANDINGS,
        rules=rules,
        area=area_in_words(found.supplier),
        ticked=queries.services_in_category(found.supplier, found.vetting.category),
        waiting_siblings=[item for item in found.siblings if queries.standing_of(item) == rules.SUBMITTED],
        standing_of=queries.standing_of,
    )
    return html, status


def _done(move: str, name: str) -> str:
    said = {
        rules.APPROVE: _("%(supplier)s is approved and has been notified.", supplier=name),
        rules.ASK: _("%(supplier)s has been asked to make changes.", supplier=name),
        rules.REFUSE: _(
            "A second curator has been asked to confirm. %(supplier)s has not been notified yet.",
            supplier=name,
        ),
        rules.SUSPEND: _(
            "The approval has been suspended, and %(supplier)s has been notified.", supplier=name
        ),
        rules.READ: _(
            "The profile of %(supplier)s has been marked as reviewed and counts in full.", supplier=name
        ),
        rules.REINSTATE: _(
            "The approval is active again, and %(supplier)s has been notified.", supplier=name
        ),
    }
    return said[move]


@blueprint.post("/vetting/supplier/<int:supplier_id>/approve")
@access.curator
def approve_all(supplier_id: int) -> Answer:
    """Approve everything that a supplier waits for, in one step."""
    try:
        approved = use_cases.approve_all(current_viewer(), supplier_id)
    except RuleBroken as error:
        flashes.warn(error.message)
    else:
        number = len(approved)
        flashes.done(
            ngettext("%(num)s kind of service is approved.", "%(num)s kinds of service are approved.", number)
        )
    return see_other("vetting.queue")
