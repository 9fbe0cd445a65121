"""Pages on which an objective is measured, and a measurement is corrected or withdrawn."""

from typing import Any

from flask import render_template

from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.strategy.forms.objectives import MeasurementForm
from marketplace.strategy.indicators import indicators
from marketplace.strategy.queries import objectives as queries
from marketplace.strategy.units import SHARE, format_value
from marketplace.strategy.use_cases import measurements as use_cases
from marketplace.strategy.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.forms.editing import add
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/plan/objectives/<int:objective_id>/measure", methods=["GET", "POST"])
@access.company
def measure(objective_id: int) -> ViewResponse:
    """Add a measurement of an objective."""
    viewer = current_viewer()
    objective = queries.own_objective(viewer, objective_id)
    form = MeasurementForm(data={"measured_on": clock.today(), "source": objective.source})
    form.fingerprint = objective.unit
    seen = form.expected_fingerprint()
    if add(form, lambda form: use_cases.add_measurement(viewer, objective_id, form.details(), seen)):
        flashes.done(_("The number is saved."))
        return see_other("strategy.objective", objective_id=objective_id)
    return _page(form, queries.view_objective(objective), None)


@blueprint.route(
    "/plan/objectives/<int:objective_id>/measurements/<int:measurement_id>", methods=["GET", "POST"]
)
@access.company
def correct_measurement(objective_id: int, measurement_id: int) -> ViewResponse:
    """Correct a measurement by a new one; the old one remains visible."""
    viewer = current_viewer()
    old = queries.own_measurement(viewer, objective_id, measurement_id)
    form = MeasurementForm(
        data={
            "value": old.value_milli,
            "numerator": old.numerator,
            "denominator": old.denominator,
            "measured_on": old.measured_on,
            "source": old.source,
            "is_baseline": use_cases.can_be_baseline(old.objective, old)
            and old.objective.baseline_milli is not None,
        }
    )
    form.fingerprint = old.objective.unit
    seen = form.expected_fingerprint()

    def save(form: MeasurementForm) -> None:
        use_cases.correct_measurement(viewer, objective_id, measurement_id, form.details(), seen)

    if add(form, save):
        flashes.done(_("The number is corrected. The old one is still in the list."))
        return see_other("strategy.objective", objective_id=objective_id)
    shown = queries.view_objective(old.objective)
    if old.id in shown.replaced_ids and not form.is_submitted():
        flashes.note(_("This value has been corrected or withdrawn already."))
        return see_other("strategy.objective", objective_id=objective_id)
    return _page(form, shown, old)


@blueprint.post("/plan/objectives/<int:objective_id>/measurements/<int:measurement_id>/withdraw")
@access.company
def withdraw_measurement(objective_id: int, measurement_id: int) -> ViewResponse:
    """Withdraw a measurement; it remains visible, but no longer counts."""
    use_cases.withdraw_measurement(current_viewer(), objective_id, measurement_id)
    flashes.done(_("The number is withdrawn. It is still in the list, struck out."))
    return see_other("strategy.objective", objective_id=objective_id)


def _page(form: MeasurementForm, shown: queries.ObjectiveView, old: Any) -> ViewResponse:
    objective = shown.objective
    indicator = indicators().get(objective.indicator)
    if indicator is not None and indicator.is_share:
        form.numerator.label.text, form.denominator.label.text = indicator.part, indicator.whole
    return render_template(
        "strategy/measure.html",
        form=form,
        objective=objective,
        old=old,
        shown=shown,
        indicator=indicator,
        is_share=objective.unit == SHARE,
        can_be_baseline=use_cases.can_be_baseline(objective, old),
        format_value=format_value,
    )
