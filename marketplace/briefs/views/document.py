"""Views of a brief as a document, for its company, suppliers and business garden."""

from flask import render_template, request, url_for

from marketplace.briefs import queries
from marketplace.briefs.deadlines import REVIEW_WORKING_DAYS
from marketplace.briefs.forms import QuestionForm, ReviewAnswerForm
from marketplace.briefs.lifecycle import Phase
from marketplace.briefs.panels import PanelSlot, panel_slots
from marketplace.briefs.queries import BriefView
from marketplace.briefs.question_rejection_reasons import REJECTION_REASONS
from marketplace.briefs.views.base import blueprint
from marketplace.core.errors import NotFound
from marketplace.core.hooks import Panel, build_panels
from marketplace.organisations import queries as organisations
from marketplace.web import access
from marketplace.web.forms import BaseForm
from marketplace.web.response import ViewResponse
from marketplace.web.uploads import file_response
from marketplace.web.viewer import current_viewer


@blueprint.get("/briefs/<reference>")
@access.members
def show(reference: str) -> ViewResponse:
    """Show a brief, with the actions available to the viewer and the questions."""
    return brief_page(queries.brief_view_for(current_viewer(), reference))


@blueprint.get("/briefs/<reference>/deadlines.ics")
@access.members
def calendar(reference: str) -> ViewResponse:
    """Send the deadlines of a published brief as a calendar file."""
    brief = queries.brief_for(current_viewer(), reference)
    content = queries.deadline_calendar(brief, url_for("briefs.show", reference=reference, _external=True))
    if not content:
        raise NotFound
    return file_response(f"{brief.reference}.ics", "text/calendar", content.encode())


@blueprint.get("/briefs/<reference>/preview")
@access.company
def preview(reference: str) -> ViewResponse:
    """Show the company exactly what suppliers see."""
    viewer = current_viewer()
    brief_view = queries.view_of(viewer, queries.own_brief(viewer, reference), as_supplier=True)
    return render_template(
        "briefs/preview.html",
        brief_view=brief_view,
        draft=brief_view.version is None,
        files=queries.files_of_brief(brief_view.brief.id),
    )


def _panels(brief_view: BriefView) -> list[Panel]:
    slot = PanelSlot.SUPPLIER if brief_view.reader == "supplier" else PanelSlot.BRIEF
    return build_panels(panel_slots[slot], current_viewer(), brief_view, request.args)


def brief_page(brief_view: BriefView, **forms: BaseForm) -> str:
    """Render a brief's page. `forms` are invalid submissions to be shown again."""
    viewer = current_viewer()
    if brief_view.phase is Phase.IN_REVIEW and brief_view.reader == "garden":
        forms.setdefault("review_answer", ReviewAnswerForm(brief_view.guide.topics))
    if brief_view.reader == "supplier":
        forms.setdefault("question", QuestionForm())
    return render_template(
        "briefs/show.html",
        brief_view=brief_view,
        review_days=REVIEW_WORKING_DAYS,
        questions=queries.questions_on(viewer, brief_view),
        review=queries.open_review(brief_view.brief) if brief_view.phase is Phase.IN_REVIEW else None,
        contact=organisations.company_contact(viewer, brief_view.brief.company)
        if brief_view.reader == "garden"
        else None,
        wait=queries.publication_wait(brief_view.brief, brief_view.phase),
        draft_check=queries.draft_check(brief_view) if "review_answer" in forms else None,
        reject_reasons=REJECTION_REASONS,
        files=queries.files_of_brief(brief_view.brief.id),
        amendments=queries.amendments(brief_view),
        panels=_panels(brief_view),
        forms=forms,
        step=queries.invitation_steps([brief_view]).get(brief_view.brief.id)
        if brief_view.reader == "company"
        else None,
        objective=queries.objective_of(viewer, brief_view.brief),
    )
