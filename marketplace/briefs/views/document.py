"""The brief as a document, for its company, its suppliers and its business garden."""

from flask import render_template, request
from werkzeug.wrappers import Response

from marketplace.briefs import queries
from marketplace.briefs.forms import QuestionForm, ReviewAnswerForm
from marketplace.briefs.lifecycle import REJECT_REASONS, Phase
from marketplace.briefs.panels import Panel, PanelSlot, build_panels
from marketplace.briefs.queries import BriefPaper
from marketplace.briefs.views.base import blueprint
from marketplace.web import access
from marketplace.web.forms import BaseForm
from marketplace.web.viewer import current_viewer

Answer = str | Response | tuple[str, int]


@blueprint.get("/briefs/<reference>")
@access.members
def show(reference: str) -> Answer:
    """The brief as the reader may see it, what can be done with it, and the questions asked."""
    return brief_page(queries.paper_for(current_viewer(), reference))


@blueprint.get("/briefs/<reference>/preview")
@access.company
def preview(reference: str) -> Answer:
    """Exactly what suppliers see."""
    viewer = current_viewer()
    paper = queries.paper(viewer, queries.own_brief(viewer, reference), as_supplier=True)
    return render_template("briefs/preview.html", paper=paper, draft=paper.version is None)


def _panels(paper: BriefPaper) -> list[Panel]:
    slot = PanelSlot.SUPPLIER if paper.reader == "supplier" else PanelSlot.BRIEF
    return build_panels(slot, current_viewer(), paper, request.args)


def brief_page(paper: BriefPaper, **forms: BaseForm) -> str:
    """Return the brief's page; a form that did not pass is handed in to be shown again."""
    viewer = current_viewer()
    if paper.phase is Phase.IN_REVIEW and paper.reader == "garden":
        forms.setdefault("review_answer", ReviewAnswerForm(paper.guide.topics))
    if paper.reader == "supplier":
        forms.setdefault("question", QuestionForm())
    return render_template(
        "briefs/show.html",
        paper=paper,
        questions=queries.questions_on(viewer, paper),
        review=queries.open_review(paper.brief) if paper.phase is Phase.IN_REVIEW else None,
        checkup=queries.checkup(paper) if "review_answer" in forms else None,
        reject_reasons=REJECT_REASONS,
        amendments=queries.amendments(paper),
        panels=_panels(paper),
        forms=forms,
    )
