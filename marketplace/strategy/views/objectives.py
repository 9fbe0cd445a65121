"""Pages of a strategy's objectives."""

from typing import Any

from flask import render_template

from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.organisations.queries import own_company
from marketplace.strategy.chart_geometry import Chart, draw_chart
from marketplace.strategy.completeness import MIN_OBJECTIVES
from marketplace.strategy.examples import TradeExamples, trade_examples
from marketplace.strategy.forms.objectives import DIRECTIONS, RHYTHMS, ObjectiveForm
from marketplace.strategy.hooks import build_action_panels, find_project_periods
from marketplace.strategy.indicators import KINDS, indicators
from marketplace.strategy.limits import MAX_OPEN_OBJECTIVES
from marketplace.strategy.objective_state import Direction, Reading, Rhythm, Status
from marketplace.strategy.objective_texts import STATUS_LABELS, WARNING_TEXTS
from marketplace.strategy.objective_warnings import ObjectiveWarning
from marketplace.strategy.prioritizing import STATE_LABELS
from marketplace.strategy.queries import objectives as queries
from marketplace.strategy.queries.actions import actions_for
from marketplace.strategy.queries.plan import own_plan
from marketplace.strategy.queries.sharing import section_comments
from marketplace.strategy.strategy_template import strategy_template
from marketplace.strategy.units import format_milli, format_value, unit_of
from marketplace.strategy.use_cases import objectives as use_cases
from marketplace.strategy.views.base import blueprint
from marketplace.strategy.views.sections import section_steps
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add, edit
from marketplace.web.query_args import query_arg
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

SUGGESTED = (
    "sal_orders",
    "sal_leads",
    "vis_map_views",
    "vis_search_clicks",
    "sal_direct_share",
    "srv_answer_time",
    "vis_reviews",
    "eff_hours",
)
"""Indicators that are suggested while a company has fewer objectives than a strategy needs."""
FROM_TRADE = "trade"
"""Value of the query argument `from` in links to the objectives that others in the trade set."""


@blueprint.get("/plan/objectives")
@access.company
def objectives() -> ViewResponse:
    """List the company's objectives with their status, next measuring date and chart."""
    viewer = current_viewer()
    listed = queries.own_objectives(viewer)
    known = {one.objective.indicator for one in listed.current}
    plan = own_plan(viewer)
    return render_template(
        "strategy/objectives.html",
        listed=listed,
        charts={one.objective.id: chart_of(one) for one in listed.current},
        suggested=[indicators()[code] for code in SUGGESTED if code not in known],
        trade_objectives=[
            (code, text) for code, text in _trade_examples().suggested_objectives() if code not in known
        ],
        by_kind=[
            (label, [one for one in indicators().values() if one.kind == kind])
            for kind, label in KINDS.items()
        ],
        has_few=len(listed.current) < MIN_OBJECTIVES,
        is_full=len(listed.current) >= MAX_OPEN_OBJECTIVES,
        section=strategy_template().section("objectives"),
        section_comments=section_comments(plan.strategy, "objectives"),
        steps=section_steps(plan),
        **_texts(),
    )


@blueprint.route("/plan/objectives/new", methods=["GET", "POST"])
@access.company
def new_objective() -> ViewResponse:
    """Add an objective: empty, from a ready-made indicator, or as others in the company's trade set it."""
    viewer = current_viewer()
    indicator = indicators().get(query_arg("indicator", 20))
    example = (
        dict(_trade_examples().suggested_objectives()).get(indicator.code, "")
        if indicator is not None and query_arg("from", 5) == FROM_TRADE
        else ""
    )
    values: dict[str, Any] = {
        "rhythm": Rhythm.MONTHLY,
        "direction": "",
        "kind": "",
        "baseline_on": clock.today(),
    }
    if indicator is not None:
        values |= {
            "text": indicator.objective,
            "indicator": indicator.code,
            "indicator_name": indicator.name,
            "unit": indicator.unit,
            "direction": indicator.direction,
            "source": indicator.source,
            "kind": indicator.kind,
        }
    form = ObjectiveForm(_audiences(), data=values)
    added = []
    if add(form, lambda form: added.append(use_cases.add_objective(viewer, form.details()))):
        flashes.done(
            _(
                "The objective is added, with an action: find out what the number is today, within %(num)s days.",
                num=use_cases.BASELINE_DAYS,
            )
            if added[0].baseline_milli is None
            else _("The objective is added.")
        )
        return see_other("strategy.objectives", _anchor=f"objective-{added[0].id}")
    return render_template(
        "strategy/edit_objective.html",
        form=form,
        title=_("New objective"),
        objective=None,
        indicator=indicator,
        example=example,
        is_measured=False,
    )


@blueprint.get("/plan/objectives/<int:objective_id>")
@access.company
def objective(objective_id: int) -> ViewResponse:
    """Show an objective with its chart and all measurements, also corrected and withdrawn ones."""
    viewer = current_viewer()
    found = queries.own_objective(viewer, objective_id)
    shown = queries.view_objective(found, find_project_periods(viewer.organisation_id))
    actions = actions_for(viewer, objective_id)
    return render_template(
        "strategy/objective.html",
        actions=actions,
        action_panels=build_action_panels(viewer, [action.id for action in actions]),
        action_state_labels=STATE_LABELS,
        shown=shown,
        objective=found,
        chart=chart_of(shown),
        unit_label=unit_of(found.unit).label,
        baseline_days=use_cases.BASELINE_DAYS,
        indicator=indicators().get(found.indicator),
        measurements=sorted(
            (one for one in found.measurements if not one.is_withdrawn),
            key=lambda one: (one.measured_on, one.id),
            reverse=True,
        ),
        **_texts(),
    )


@blueprint.route("/plan/objectives/<int:objective_id>/edit", methods=["GET", "POST"])
@access.company
def edit_objective(objective_id: int) -> ViewResponse:
    """Change an objective."""
    viewer = current_viewer()
    found = queries.own_objective(viewer, objective_id)
    audiences = _audiences()
    form = edit(
        lambda **values: ObjectiveForm(audiences, **values),
        lambda: use_cases.objective_details(queries.own_objective(viewer, objective_id)),
        lambda form: use_cases.save_objective(
            viewer, objective_id, form.details(), form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("The objective is saved."))
        return see_other("strategy.objective", objective_id=objective_id)
    return render_template(
        "strategy/edit_objective.html",
        form=form,
        title=_("Change the objective"),
        objective=found,
        indicator=indicators().get(found.indicator),
        example="",
        is_measured=bool(found.measurements),
        unit_label=unit_of(found.unit).label,
        direction_label=DIRECTIONS[Direction(found.direction)],
    )


@blueprint.post("/plan/objectives/<int:objective_id>/remove")
@access.company
def remove_objective(objective_id: int) -> ViewResponse:
    """Remove an objective. It can be restored from the list."""
    removed = use_cases.remove_objective(current_viewer(), objective_id)
    flashes.done(_("“%(text)s” is removed. You can restore it at the bottom of the page.", text=removed.text))
    return see_other("strategy.objectives", _anchor="removed")


@blueprint.post("/plan/objectives/<int:objective_id>/restore")
@access.company
def restore_objective(objective_id: int) -> ViewResponse:
    """Restore a removed objective."""
    with flashes.catch_refusal():
        restored = use_cases.restore_objective(current_viewer(), objective_id)
        flashes.done(_("“%(text)s” is restored.", text=restored.text))
        return see_other("strategy.objective", objective_id=restored.id)
    return see_other("strategy.objectives", _anchor="removed")


@blueprint.post("/plan/objectives/<int:objective_id>/baseline")
@access.company
def plan_baseline(objective_id: int) -> ViewResponse:
    """Add the action to measure an unknown baseline."""
    if use_cases.plan_baseline(current_viewer(), objective_id):
        flashes.done(
            _(
                "You have a new action: find out what the number is today, within %(num)s days.",
                num=use_cases.BASELINE_DAYS,
            )
        )
    else:
        flashes.note(_("The action has already been added."))
    return see_other("strategy.objective", objective_id=objective_id)


def chart_of(shown: queries.ObjectiveView) -> Chart | None:
    """Return the chart of an objective, or None if there is nothing to draw yet."""
    readings = [Reading(one.id, one.measured_on, one.value_milli) for one in shown.valid]
    return draw_chart(shown.terms, readings)


def _trade_examples() -> TradeExamples:
    return trade_examples(own_company(current_viewer()).sector_code)


def _audiences() -> list[str]:
    return [audience.name for audience in own_plan(current_viewer()).content.audiences if audience.name]


def _texts() -> dict[str, Any]:
    return {
        "status_labels": STATUS_LABELS,
        "warning_texts": WARNING_TEXTS,
        "rhythms": RHYTHMS,
        "kinds": KINDS,
        "statuses": Status,
        "objective_warning_types": ObjectiveWarning,
        "format_value": format_value,
        "format_milli": format_milli,
    }
