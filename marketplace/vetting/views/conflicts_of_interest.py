"""Declaring and ending conflicts of interest."""

from flask import render_template, request

from marketplace.core.i18n import format_date, gettext as _
from marketplace.vetting import queries, use_cases
from marketplace.vetting.forms import ConflictForm, conflict_kinds
from marketplace.vetting.rules import COOLING_OFF_DAYS, last_cooling_off_day
from marketplace.vetting.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/garden/ties", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.GARDEN, because="everyone in a garden declares their own conflicts, advisers too"
)
def conflicts_of_interest() -> ViewResponse:
    """List the viewer's conflicts of interest, and declare one."""
    viewer = current_viewer()
    form = ConflictForm(viewer, data={"supplier": request.args.get("supplier", "")[:10]})
    if form.saves(lambda: use_cases.declare_conflict(viewer, int(form.supplier.data), form.kind.data)):
        flashes.done(_("Noted. Another curator will decide on this supplier."))
        return see_other("vetting.conflicts_of_interest")
    return render_template(
        "vetting/conflicts_of_interest.html",
        form=form,
        conflicts=queries.own_conflicts(viewer),
        kinds=dict(conflict_kinds()),
        last_day=last_cooling_off_day,
        cooling_off_days=COOLING_OFF_DAYS,
    )


@blueprint.post("/garden/ties/<int:conflict_id>/end")
@access.reads_and_writes(Level.GARDEN, because="everyone in a garden ends their own conflicts")
def end_conflict(conflict_id: int) -> ViewResponse:
    """End a conflict of interest."""
    last_day = use_cases.end_conflict(current_viewer(), conflict_id)
    flashes.done(
        _(
            "The connection has ended. Another curator decides about this supplier up to and including %(day)s.",
            day=format_date(last_day),
        )
    )
    return see_other("vetting.conflicts_of_interest")
