"""Feedback on a session, by e-mailed link."""

from flask import render_template

from marketplace.core import clock
from marketplace.core.errors import Conflict
from marketplace.programme.feedback import answer_deadline
from marketplace.programme.forms.feedback import FeedbackForm
from marketplace.programme.queries import feedback as queries
from marketplace.programme.queries.courses import coming_sessions
from marketplace.programme.use_cases import feedback as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access
from marketplace.web.access import Level
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse


@blueprint.route("/sessions/<token>/feedback", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="the e-mailed link, known to the contact person alone, is for one answer"
)
def feedback(token: str) -> ViewResponse:
    """Give feedback on a session, or change it."""
    found = queries.feedback_of_link(token)
    deadline = answer_deadline(found.asked_at)
    if deadline <= clock.now():
        return render_template("programme/feedback_closed.html", shown=found.session), 410
    form = FeedbackForm(found.session.number, use_cases.given_answers(found))
    if form.validate_on_submit():
        try:
            use_cases.give_feedback(token, form.answers())
        except Conflict as error:
            form.add_form_error(error.message)
        else:
            return see_other("programme.feedback_thanks", token=token)
    return render_template(
        "programme/feedback.html", shown=found.session, token=token, form=form, deadline=deadline
    )


@blueprint.get("/sessions/<token>/feedback/thanks")
@access.public
def feedback_thanks(token: str) -> ViewResponse:
    """Thank the contact person, and show the next session."""
    found = queries.feedback_of_link(token)
    coming = coming_sessions(found.participation.cohort_id or 0)
    return render_template(
        "programme/feedback_thanks.html",
        token=token,
        deadline=answer_deadline(found.asked_at),
        coming=coming[:1],
    )
