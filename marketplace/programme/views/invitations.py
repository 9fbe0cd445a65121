"""Pages to invite companies to a course by e-mail: write an invitation, preview it, send it, and undo."""

from flask import render_template, request

from marketplace.core.errors import Conflict
from marketplace.core.i18n import format_datetime, lazy_gettext as _l, ngettext
from marketplace.outbox.limits import MAX_MAILING_PER_HOUR, UNDO_MINUTES
from marketplace.programme.forms.recruiting import InvitationForm
from marketplace.programme.queries.projects import ProjectAccess, project_for
from marketplace.programme.use_cases import invitations as use_cases
from marketplace.programme.use_cases.invitations import CourseInvitationText, SkipReason
from marketplace.programme.views.base import blueprint
from marketplace.programme.views.participation import RECRUITERS
from marketplace.programme.views.recruiting import filtered_board
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.chosen_rows import chosen_ids
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

SKIP_REASON_LABELS = {
    SkipReason.NO_ADDRESS: _l("No e-mail address"),
    SkipReason.UNSUBSCRIBED: _l("Does not want invitations by e-mail"),
    SkipReason.LEFT: _l("Has declined or left the course"),
    SkipReason.IN_COURSE: _l("Is in the course or on the waiting list already"),
    SkipReason.RECENT: _l("Was invited by e-mail in the last %(num)s hours", num=use_cases.REPEAT_HOURS),
}


@blueprint.route("/programme/<slug>/companies/invite", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def invite(slug: str) -> ViewResponse:
    """Write an invitation to the chosen companies, preview it, and send it."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    chosen = _chosen(project_access)
    suggested = use_cases.suggested_invitation(project_access.project)
    form = InvitationForm(data={"subject": suggested.subject, "text": suggested.text})
    preview = None
    if form.validate_on_submit():
        invitation = CourseInvitationText(form.subject.data or "", form.text.data or "")
        if request.form.get("act") == "send":
            with form.catch_refusal():
                count, last = use_cases.send_invitations(viewer, slug, chosen, invitation)
                flashes.done(
                    ngettext(
                        "%(num)s invitation is queued. The last one is sent at %(time)s.",
                        "%(num)s invitations are queued. The last one is sent at %(time)s.",
                        count,
                        time=format_datetime(last),
                    )
                )
                return see_other("programme.board", slug=slug)
        elif request.form.get("act") == "preview":
            preview = invitation
    return render_template(
        "programme/board_invite.html",
        access=project_access,
        form=form,
        preview=preview,
        chosen=chosen,
        recipients=use_cases.find_recipients(viewer, project_access, chosen),
        skip_reason_labels=SKIP_REASON_LABELS,
        undo_minutes=UNDO_MINUTES,
        max_per_hour=MAX_MAILING_PER_HOUR,
    )


def _chosen(project_access: ProjectAccess) -> list[int]:
    """Return the ids of the chosen companies, or with `all` in the query string, of all companies that match the filters."""
    if request.method == "GET" and request.args.get("all"):
        return [row.participation.id for row in filtered_board(project_access)[1].rows]
    return chosen_ids()


@blueprint.post("/programme/<slug>/companies/invite/undo")
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def undo_invitations(slug: str) -> ViewResponse:
    """Stop the viewer's latest invitations that have not been sent."""
    with flashes.catch_refusal(Conflict):
        count = use_cases.undo_invitations(current_viewer(), slug)
        flashes.done(
            ngettext("%(num)s invitation has been stopped.", "%(num)s invitations have been stopped.", count)
        )
    return see_other("programme.board", slug=slug)
