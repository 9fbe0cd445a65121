"""Views for extending the deadline of a published brief and for withdrawing it."""

from flask import render_template

from marketplace.briefs import queries, use_cases
from marketplace.briefs.deadlines import MAX_EXTENSIONS, latest_extension
from marketplace.briefs.forms import ExtendDeadlineForm, WithdrawBriefForm
from marketplace.briefs.queries import BriefView
from marketplace.briefs.use_cases.authorization import check_transition
from marketplace.briefs.views.base import blueprint
from marketplace.core import clock
from marketplace.core.i18n import format_date, gettext as _
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


def _brief_view_for(reference: str, transition: str) -> BriefView:
    viewer = current_viewer()
    brief_view = queries.view_of(viewer, queries.own_brief(viewer, reference))
    check_transition(viewer, brief_view.brief, transition)
    return brief_view


@blueprint.route("/briefs/<reference>/extend", methods=["GET", "POST"])
@access.company_owner
def extend(reference: str) -> ViewResponse:
    """Extend the reply deadline."""
    brief_view = _brief_view_for(reference, "extend")
    form = ExtendDeadlineForm()
    if form.validate_on_submit() and form.deadline.data is not None:
        with form.catch_refusal():
            brief = use_cases.extend_deadline(current_viewer(), reference, form.deadline.data)
            day = format_date(brief.deadline or clock.now())
            flashes.done(
                _("The new deadline is %(date)s. Everyone who is answering will be notified.", date=day)
            )
            return see_other("briefs.show", reference=reference)
    latest = latest_extension(brief_view.brief.published_at or clock.now())
    remaining = MAX_EXTENSIONS - brief_view.brief.extensions
    return render_template(
        "briefs/extend.html", brief_view=brief_view, form=form, latest=latest, left=remaining
    )


@blueprint.route("/briefs/<reference>/withdraw", methods=["GET", "POST"])
@access.company_owner
def withdraw(reference: str) -> ViewResponse:
    """Withdraw a published brief."""
    brief_view = _brief_view_for(reference, "withdraw")
    form = WithdrawBriefForm()
    if form.saves(lambda: use_cases.withdraw(current_viewer(), reference, form.reason.data or "")):
        flashes.done(_("The brief has been withdrawn. Everyone who was invited or is answering is told why."))
        return see_other("briefs.show", reference=reference)
    return render_template("briefs/withdraw.html", brief_view=brief_view, form=form)
