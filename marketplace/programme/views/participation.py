"""The page of a company in a project, its details, and the transitions that a member of the garden makes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import render_template, request

from marketplace.core.details import details_of
from marketplace.core.errors import Conflict
from marketplace.core.hooks import build_panels
from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.core.identifiers import parse_id
from marketplace.core.viewer import Viewer
from marketplace.programme.forms.recruiting import ParticipationForm, SeatForm
from marketplace.programme.forms.sign_up import WithdrawalForm
from marketplace.programme.hooks import participation_panels
from marketplace.programme.lifecycle import (
    EVENT_LABELS,
    PHASE_LABELS,
    SOURCES,
    TRANSITIONS,
    WITHDRAWAL_REASONS,
    ParticipationState,
)
from marketplace.programme.queries import cohorts as cohort_queries, recruiting as queries
from marketplace.programme.queries.projects import project_for
from marketplace.programme.use_cases import recruiting as use_cases
from marketplace.programme.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.forms.editing import add, edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

if TYPE_CHECKING:
    from marketplace.programme.models.participation import Participation

RECRUITERS = "advisers recruit companies for their garden's places; queries restrict which companies they see"


@blueprint.get("/programme/<slug>/companies/<int:participation_id>")
@access.garden
def participation(slug: str, participation_id: int) -> ViewResponse:
    """Show a company in a project, with its history and the actions that are possible."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    page = queries.participation_page(viewer, project_access, participation_id)
    state = ParticipationState(page.participation.state)
    return render_template(
        "programme/board_company.html",
        access=project_access,
        page=page,
        panels=build_panels(participation_panels, viewer, page.participation),
        one=page.participation,
        possible={name for name, transition in TRANSITIONS.items() if state in transition.sources},
        phases=PHASE_LABELS,
        sources=SOURCES,
        events=EVENT_LABELS,
        reasons=WITHDRAWAL_REASONS,
    )


@blueprint.route("/programme/<slug>/companies/new", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def new_participation(slug: str) -> ViewResponse:
    """Add a company to a project."""
    viewer = current_viewer()
    project_access = project_for(viewer, slug)
    form = ParticipationForm()
    added = []

    def save(form: ParticipationForm) -> None:
        is_other = bool(form.is_other_company.data)
        added.append(use_cases.add_participation(viewer, slug, form.details(), is_other_company=is_other))

    if add(form, save):
        flashes.done(_("%(company)s has been added.", company=added[0].company_name))
        return see_other("programme.participation", slug=slug, participation_id=added[0].id)
    return render_template("programme/board_edit.html", access=project_access, form=form, one=None)


@blueprint.route("/programme/<slug>/companies/<int:participation_id>/edit", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def edit_participation(slug: str, participation_id: int) -> ViewResponse:
    """Change the details of a company in a project."""
    viewer = current_viewer()
    one = _participation(slug, participation_id)
    form = edit(
        ParticipationForm,
        lambda: details_of(use_cases.ParticipationDetails, _participation(slug, participation_id)),
        lambda form: use_cases.save_participation(
            viewer, slug, participation_id, form.details(), form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("Saved."))
        return see_other("programme.participation", slug=slug, participation_id=participation_id)
    project_access = project_for(viewer, slug)
    return render_template("programme/board_edit.html", access=project_access, form=form, one=one)


def _participation(slug: str, participation_id: int) -> "Participation":
    viewer = current_viewer()
    return queries.participation_for(viewer, project_for(viewer, slug), participation_id)


_NOTES: dict[str, tuple[Callable[[Viewer, str, int], None], str]] = {
    "called": (use_cases.note_call, _l("Noted: the company has been called and invited.")),
    "other_call": (use_cases.note_other_call, _l("Noted: the company has been called.")),
    "interested": (use_cases.note_interest, _l("Noted: the company is interested.")),
    "declined": (use_cases.note_refusal, _l("Noted: the company does not want to take part.")),
    "confirmed": (use_cases.confirm_by_phone, _l("The sign-up is confirmed.")),
}
"""Values of the form field `note`, each with its use case and message."""


@blueprint.post("/programme/<slug>/companies/<int:participation_id>/note")
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def note_participation(slug: str, participation_id: int) -> ViewResponse:
    """Note the outcome of a telephone call."""
    _participation(slug, participation_id)
    act, message = _NOTES.get(request.form.get("note", ""), (None, ""))
    if act is None:
        flashes.warn(_("Choose one from the list."))
    else:
        with flashes.catch_refusal(Conflict):
            act(current_viewer(), slug, participation_id)
            flashes.done(str(message))
    session_id = parse_id(request.form.get("session", ""))
    if session_id is not None:
        return see_other("programme.course_session", slug=slug, session_id=session_id)
    return see_other("programme.participation", slug=slug, participation_id=participation_id)


@blueprint.route("/programme/<slug>/companies/<int:participation_id>/seat", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def seat_participation(slug: str, participation_id: int) -> ViewResponse:
    """Give a company a seat, move its seat, or put it on the waiting list."""
    viewer = current_viewer()
    one = _participation(slug, participation_id)
    project_access = project_for(viewer, slug)
    has_seat = one.state == ParticipationState.SIGNED_UP
    rows = [
        row
        for row in cohort_queries.cohorts_with_seats(project_access)
        if row.cohort.cancelled_at is None
        and not (has_seat and (row.cohort.id == one.cohort_id or not row.free))
    ]
    form = SeatForm(rows)
    if form.validate_on_submit():
        with flashes.catch_refusal(Conflict):
            use_cases.give_seat(
                viewer,
                slug,
                participation_id,
                int(form.cohort.data),
                is_confirmed=bool(form.is_confirmed.data),
            )
            flashes.done(_("The company has a new place in the course."))
        return see_other("programme.participation", slug=slug, participation_id=participation_id)
    return render_template(
        "programme/board_seat.html", access=project_access, form=form, one=one, rows=rows, has_seat=has_seat
    )


@blueprint.route("/programme/<slug>/companies/<int:participation_id>/withdraw", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=RECRUITERS)
def withdraw_participation(slug: str, participation_id: int) -> ViewResponse:
    """Withdraw a company on its behalf, with a reason."""
    viewer = current_viewer()
    one = _participation(slug, participation_id)
    form = WithdrawalForm()
    form.reason.label.text = _("Why does the company withdraw?")
    if form.validate_on_submit():
        reason, text = form.reason.data, form.text.data or ""
        use_cases.withdraw_company(viewer, slug, participation_id, reason, text)
        flashes.done(_("%(company)s has been withdrawn.", company=one.company_name))
        return see_other("programme.participation", slug=slug, participation_id=participation_id)
    return render_template(
        "programme/board_withdraw.html", access=project_for(viewer, slug), form=form, one=one
    )
