"""A garden's applications: the queue, and decisions."""

from flask import render_template, request

from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.i18n import ngettext
from marketplace.suppliers.completeness import format_area
from marketplace.vetting import hooks, queries, rules, second_review, spam_review, use_cases
from marketplace.vetting.forms import checklist_of, decision_form
from marketplace.vetting.views.base import STATUSES, Answer, blueprint
from marketplace.web import access, flashes
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.viewer import current_viewer


@blueprint.get("/vetting")
@access.garden
def queue() -> Answer:
    """List applications, longest waiting first."""
    viewer = current_viewer()
    requested = request.args.get("state", "waiting")
    status = requested if requested in STATUSES and requested != "paused" else "waiting"
    counted = queries.count_by_status(viewer)
    return render_template(
        "vetting/queue.html",
        page=queries.queue(viewer, status, page_arg(), counted),
        counts=counted,
        to_review=queries.profiles_to_review(viewer) if status == "waiting" else (),
        to_confirm=queries.refusals_to_confirm(viewer) if status == "waiting" else (),
        to_decide=queries.appeals_to_decide(viewer) if status == "waiting" else (),
        status=status,
        names=STATUSES,
        rules=rules,
    )


@blueprint.route("/vetting/<int:vetting_id>", methods=["GET", "POST"])
@access.garden
@access.writes(access.Level.CURATOR, because="the whole garden reads applications; curators decide")
def application(vetting_id: int) -> Answer:
    """Show an application, and decide it."""
    viewer = current_viewer()
    view = queries.application_view(viewer, vetting_id)
    form, points = decision_form(view.vetting.category, view.vetting.checklist)
    status_code = 200
    if form.validate_on_submit():
        action = request.form.get("decision", "")
        try:
            decision = use_cases.Decision(
                action, form.shown_revision(), checklist_of(points), form.reason.data or ""
            )
            use_case = (
                use_cases.propose_refusal if action in rules.NEEDS_SECOND_REVIEWER else use_cases.decide
            )
            use_case(viewer, vetting_id, decision)
        except RuleBroken as error:
            form.add_rule_error(error)
        except Conflict as error:
            form.add_form_error(error.message)
            view, status_code = queries.application_view(viewer, vetting_id), 409
        else:
            flashes.done(_decision_message(action, view.supplier.name))
            return see_other("vetting.queue")
    refusals = queries.refusals_of(vetting_id)
    html = render_template(
        "vetting/application.html",
        view=view,
        vetting=view.vetting,
        supplier=view.supplier,
        form=form,
        points=points,
        actions=rules.actions_from(view.status),
        proposed=next((step for step in refusals if step.state == second_review.PROPOSED), None),
        refusals=refusals,
        findings=spam_review.findings(view.supplier),
        is_reviewed=spam_review.is_reviewed(view.supplier, view.vettings),
        can_decide=viewer.is_curator and not view.has_conflict_of_interest,
        names=STATUSES,
        rules=rules,
        area=format_area(view.supplier),
        ticked=queries.services_in_category(view.supplier, view.vetting.category),
        notes=hooks.notes_about(view.supplier.id),
        waiting_siblings=[
            sibling for sibling in view.siblings if queries.status_of(sibling) == rules.SUBMITTED
        ],
        status_of=queries.status_of,
    )
    return html, status_code


def _decision_message(action: str, name: str) -> str:
    messages = {
        rules.APPROVE: _("%(supplier)s is approved and has been notified.", supplier=name),
        rules.REQUEST_CHANGES: _("%(supplier)s has been asked to make changes.", supplier=name),
        rules.REFUSE: _(
            "A second curator has been asked to confirm. %(supplier)s has not been notified yet.",
            supplier=name,
        ),
        rules.SUSPEND: _(
            "The approval has been suspended, and %(supplier)s has been notified.", supplier=name
        ),
        rules.MARK_REVIEWED: _(
            "The profile of %(supplier)s has been marked as reviewed and counts in full.", supplier=name
        ),
        rules.REINSTATE: _(
            "The approval is active again, and %(supplier)s has been notified.", supplier=name
        ),
    }
    return messages[action]


@blueprint.post("/vetting/supplier/<int:supplier_id>/approve")
@access.curator
def approve_all(supplier_id: int) -> Answer:
    """Approve all pending applications of a supplier."""
    try:
        approved = use_cases.approve_all(current_viewer(), supplier_id)
    except RuleBroken as error:
        flashes.warn(error.message)
    else:
        flashes.done(
            ngettext(
                "%(num)s kind of service is approved.",
                "%(num)s kinds of service are approved.",
                len(approved),
            )
        )
    return see_other("vetting.queue")
