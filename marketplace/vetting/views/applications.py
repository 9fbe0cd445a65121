"""A garden's applications: the queue, and decisions."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import render_template, request

from marketplace.core import taxonomy
from marketplace.core.errors import Conflict, RuleBroken
from marketplace.core.i18n import format_list, gettext as _, ngettext, quoted
from marketplace.suppliers.completeness import format_area
from marketplace.vetting import hooks, queries, rules, second_review_rules, spam_review, use_cases
from marketplace.vetting.forms import check_decision, checklist_of, decision_form
from marketplace.vetting.views.base import STATUSES, blueprint
from marketplace.web import access, flashes
from marketplace.web.forms import BaseForm
from marketplace.web.query_args import page_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.template_filters import group_label
from marketplace.web.viewer import current_viewer

SAVE_CHECKLIST = "save"
"""Value of the button that stores an unfinished review."""


@blueprint.get("/vetting")
@access.garden
def queue() -> ViewResponse:
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
        pending=queries.pending_reviews(viewer) if status == "waiting" else queries.PendingReviews(),
        status=status,
        names=STATUSES,
        rules=rules,
    )


@blueprint.route("/vetting/<int:vetting_id>", methods=["GET", "POST"])
@access.garden
@access.writes(access.Level.CURATOR, because="the whole garden reads applications; curators decide")
def application(vetting_id: int) -> ViewResponse:
    """Show an application, and decide it."""
    viewer = current_viewer()
    view = queries.application_view(viewer, vetting_id)
    refusals = queries.refusals_of(vetting_id)
    form, points = decision_form(
        view.vetting.category,
        view.vetting.checklist,
        reason=queries.returned_reason(view.vetting, refusals),
    )
    action = request.form.get("decision", "")
    can_decide = viewer.is_curator and not view.has_conflict_of_interest
    proposed = next((step for step in refusals if step.state == second_review_rules.PROPOSED), None)
    is_offered = can_decide and proposed is None and action in rules.actions_from(view.status)
    unsaved: list[str] = []
    if form.validate_on_submit() and (not is_offered or check_decision(form, points, action)):
        decision = use_cases.Decision(
            action, form.shown_revision(), checklist_of(points), form.reason.data or ""
        )
        try:
            if action == SAVE_CHECKLIST:
                use_cases.save_checklist(viewer, vetting_id, decision)
                flashes.done(_("Your answers and notes have been saved. Nothing has been decided."))
                return see_other("vetting.application", vetting_id=vetting_id)
            use_case = use_cases.propose_refusal if action == rules.REFUSE else use_cases.decide
            use_case(viewer, vetting_id, decision)
        except RuleBroken as error:
            form.add_rule_error(error)
        except Conflict as error:
            form.add_conflict(error.message)
            view = queries.application_view(viewer, vetting_id)
            unsaved = _texts_without_fields(decision, rules.actions_from(view.status))
        else:
            flashes.done(_decision_message(action, view.supplier.name, view.vetting.category))
            return see_other("vetting.queue")
    return render_template(
        "vetting/application.html",
        view=view,
        vetting=view.vetting,
        supplier=view.supplier,
        form=form,
        points=points,
        actions=rules.actions_from(view.status),
        unsaved=unsaved,
        proposed=proposed,
        refusals=refusals,
        findings=spam_review.findings(view.supplier),
        is_reviewed=spam_review.is_reviewed(view.supplier, view.vettings),
        can_decide=can_decide,
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


def _texts_without_fields(decision: use_cases.Decision, actions: Collection[str]) -> list[str]:
    """Return the texts of a curator for which the form has no fields any more, because a colleague has decided."""
    has_checklist = rules.APPROVE in actions or rules.REQUEST_CHANGES in actions
    notes = [] if has_checklist else [str(item.get("note", "")) for item in decision.checklist.values()]
    reason = [] if actions else [decision.reason]
    return [text for text in (*notes, *reason) if text]


def _decision_message(action: str, name: str, category: str) -> str:
    messages = {
        rules.APPROVE: _(
            "%(supplier)s is approved for %(kind)s and has been notified.",
            supplier=name,
            kind=quoted(group_label(category)),
        ),
        rules.REQUEST_CHANGES: _("Your message has been sent to %(supplier)s.", supplier=name),
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
            "The suspension has been lifted, and %(supplier)s has been notified.", supplier=name
        ),
    }
    return messages[action]


@blueprint.route("/vetting/supplier/<int:supplier_id>/approve", methods=["GET", "POST"])
@access.curator
def approve_all(supplier_id: int) -> ViewResponse:
    """Approve the pending applications of a supplier together, each with its own checklist."""
    viewer = current_viewer()
    pending = queries.pending_applications(viewer, supplier_id)
    if not pending:
        return see_other("vetting.queue")
    parts = [
        (vetting, *decision_form(vetting.category, vetting.checklist, prefix=f"kind{vetting.id}-"))
        for vetting in pending
    ]
    summary = BaseForm()
    valid = [form.validate() for _vetting, form, _points in parts] if request.method == "POST" else [False]
    if all(valid):
        decisions = {
            vetting.id: use_cases.Decision(rules.APPROVE, form.shown_revision(), checklist_of(points))
            for vetting, form, points in parts
        }
        for vetting, _form, _points in parts:
            for message in _blocking(vetting.category, decisions[vetting.id].checklist):
                summary.add_form_error(message)
        if not summary.form_errors:
            try:
                approved = use_cases.approve_all(viewer, supplier_id, decisions)
            except RuleBroken as error:
                summary.add_form_error(error.message)
            except Conflict as error:
                summary.add_conflict(error.message)
            else:
                flashes.done(
                    ngettext(
                        "%(num)s kind of service is approved.",
                        "%(num)s kinds of service are approved.",
                        len(approved),
                    )
                )
                return see_other("vetting.queue")
    return render_template(
        "vetting/approve_all.html",
        supplier=pending[0].supplier,
        parts=parts,
        summary=summary,
        unanswered=[
            rules.unanswered_criteria(vetting.category, checklist_of(points)) for vetting, _, points in parts
        ],
    )


def _blocking(category: str, checklist: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a message for each group of points that prevents approval of a kind of service."""
    kind, messages = taxonomy.group(category).label, []
    for template, criteria in (
        (_("%(kind)s: answer %(points)s."), rules.unanswered_criteria(category, checklist)),
        (
            _("%(kind)s is not met: %(points)s. Ask for changes on its own page."),
            rules.unmet_criteria(category, checklist),
        ),
    ):
        if criteria:
            points = format_list([quoted(criterion.label) for criterion in criteria])
            messages.append(template % {"kind": kind, "points": points})
    return messages
