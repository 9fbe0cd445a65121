"""Views for asking, answering and rejecting clarification questions."""

from flask import render_template

from marketplace.briefs import queries, use_cases
from marketplace.briefs.forms import AnswerForm, QuestionForm, RejectForm
from marketplace.briefs.views.base import blueprint
from marketplace.briefs.views.document import brief_page
from marketplace.core.errors import or_404
from marketplace.core.i18n import gettext as _
from marketplace.web import access, flashes
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer


@blueprint.post("/briefs/<reference>/questions")
@access.supplier
def ask(reference: str) -> ViewResponse:
    """Ask a question about a brief."""
    viewer = current_viewer()
    brief_view = queries.brief_view_for(viewer, reference)
    form = QuestionForm()
    if form.validate() and form.accepts(
        lambda: use_cases.ask_question(viewer, reference, form.text.data or "")
    ):
        flashes.done(_("Your question has been sent. You will be notified when it is answered."))
        return see_other("briefs.show", reference=reference, _anchor="questions")
    return brief_page(brief_view, question=form)


@blueprint.route("/briefs/<reference>/questions/<int:question_id>", methods=["GET", "POST"])
@access.company
def answer(reference: str, question_id: int) -> ViewResponse:
    """Answer a question publicly."""
    viewer = current_viewer()
    brief_view = queries.view_of(viewer, queries.own_brief(viewer, reference))
    question = or_404(
        next(
            (
                q
                for q in queries.questions_on(viewer, brief_view)
                if q.id == question_id and q.state == "asked"
            ),
            None,
        )
    )
    form = AnswerForm(public_text=question.text)
    if form.validate_on_submit():
        use_cases.answer_question(
            viewer, reference, question_id, form.public_text.data or "", form.answer.data or ""
        )
        flashes.done(_("The answer has been published to everyone who can see the brief."))
        return see_other("briefs.show", reference=reference, _anchor="questions")
    return render_template(
        "briefs/answer.html", brief_view=brief_view, question=question, form=form, reject=RejectForm()
    )


@blueprint.post("/briefs/<reference>/questions/<int:question_id>/reject")
@access.company
def reject(reference: str, question_id: int) -> ViewResponse:
    """Reject a question."""
    form = RejectForm()
    reason = str(form.reason.data) if form.validate() else ""
    use_cases.reject_question(current_viewer(), reference, question_id, reason)
    flashes.done(_("The supplier will be told that you are not answering, and why."))
    return see_other("briefs.show", reference=reference, _anchor="questions")
