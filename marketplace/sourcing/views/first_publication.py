"""Page where a garden answers the first publication of a company that it does not know."""

from flask import render_template, request

from marketplace.briefs import queries as briefs
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.use_cases import pause_first_publication
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import gettext as _
from marketplace.sourcing import use_cases
from marketplace.sourcing.forms import FirstPublicationForm, PauseForm
from marketplace.sourcing.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.route("/briefs/<reference>/first-publication", methods=["GET", "POST"])
@access.reads_and_writes(
    access.Level.GARDEN, because="advisers know the garden's companies, and the wait is one day"
)
def first_publication(reference: str) -> ViewResponse:
    """Show the company and its brief, and record the garden's answer."""
    viewer = current_viewer()
    brief_view = briefs.brief_view_for(viewer, reference)
    if brief_view.phase is not Phase.WAITING:
        if request.method == "POST":
            raise Conflict(_("The brief is no longer waiting for an answer."))
        return see_other("briefs.show", reference=reference)
    form = FirstPublicationForm()
    if brief_view.brief.company.is_known:
        form.show_known_company()
    if form.validate_on_submit():
        with form.catch_refusal():
            brief = use_cases.answer_first_publication(
                viewer, reference, form.verdict.data, form.comment.data or ""
            )
            flashes.done(_("Your answer has been sent to %(company)s.", company=brief.company.name))
            return see_other("pages.home")
    return render_template(
        "sourcing/first_publication.html",
        brief_view=brief_view,
        form=form,
        review=briefs.open_review(brief_view.brief),
        wait=briefs.publication_wait(brief_view.brief, brief_view.phase),
    )


@blueprint.route("/briefs/<reference>/pause", methods=["GET", "POST"])
@access.reads_and_writes(
    access.Level.GARDEN, because="advisers check the garden's companies, and the offers wait"
)
def pause_publication(reference: str) -> ViewResponse:
    """Pause a brief that opened automatically, until the garden has checked the company."""
    viewer = current_viewer()
    brief_view = briefs.brief_view_for(viewer, reference)
    if "pause" not in brief_view.transitions or not brief_view.brief.opened_unchecked:
        if request.method == "POST":
            raise Conflict(_("Only a brief that opened before you had checked the company can be paused."))
        raise NotFound
    form = PauseForm()
    if form.saves(lambda: pause_first_publication(viewer, reference, form.reason.data or "")):
        flashes.done(_("The brief is paused. Answer the company when you have checked it."))
        return see_other("sourcing.first_publication", reference=reference)
    return render_template("sourcing/pause.html", brief_view=brief_view, form=form)
