"""Taking attendance: by the garden, on a borrowed phone by link, and by the companies themselves with a code."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import segno
from flask import abort, current_app, jsonify, render_template, request, url_for

from marketplace.core import clock
from marketplace.core.details import details_of
from marketplace.core.errors import Conflict, or_404
from marketplace.core.i18n import gettext as _, ngettext
from marketplace.core.identifiers import MAX_ID, parse_id
from marketplace.programme.attendance import Mark, MarkSource
from marketplace.programme.check_in import CODE_MINUTES, check_in_code, is_valid_code
from marketplace.programme.feedback import MIN_ANSWERS_FOR_LECTURER
from marketplace.programme.forms.attendance import GuestForm, HeldForm
from marketplace.programme.limits import MAX_MARKS
from marketplace.programme.queries import attendance as queries
from marketplace.programme.queries.feedback import feedback_summary
from marketplace.programme.queries.progress import count_topics, progress_of_cohort
from marketplace.programme.queries.projects import project_for
from marketplace.programme.queries.sessions import session_for
from marketplace.programme.use_cases import attendance as use_cases
from marketplace.programme.use_cases.attendance import HeldDetails, MarkOrigin, NewMark
from marketplace.programme.views.base import blueprint
from marketplace.web import access, flashes
from marketplace.web.access import Level
from marketplace.web.chosen_rows import submitted_ids
from marketplace.web.forms.editing import edit
from marketplace.web.redirects import see_other
from marketplace.web.response import ViewResponse
from marketplace.web.viewer import current_viewer

if TYPE_CHECKING:
    from marketplace.programme.models.sessions import CourseSession

ADVISERS_TAKE_ATTENDANCE = (
    "advisers take attendance in the room; the query checks that the place is their garden's"
)
LINK = "the link, made for one session and one day, authorizes taking attendance there"
MAX_KEY_LENGTH = 36


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/attendance", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS_TAKE_ATTENDANCE)
def attendance(slug: str, session_id: int) -> ViewResponse:
    """Take attendance at a session, as a member of the garden."""
    viewer = current_viewer()
    course_session = session_for(project_for(viewer, slug), session_id)
    own_url = url_for("programme.attendance", slug=slug, session_id=session_id)
    return _attendance_page(course_session, MarkOrigin(MarkSource.STAFF, viewer), own_url, slug)


@blueprint.route("/sessions/<token>/list", methods=["GET", "POST"])
@access.reads_and_writes(Level.PUBLIC, because=LINK)
def attendance_by_link(token: str) -> ViewResponse:
    """Take attendance at a session on a phone where nobody is signed in."""
    course_session = queries.session_of_link(token, "attendance")
    own_url = url_for("programme.attendance_by_link", token=token)
    return _attendance_page(course_session, MarkOrigin(MarkSource.LINK), own_url, "")


def _attendance_page(
    course_session: "CourseSession", origin: MarkOrigin, own_url: str, slug: str
) -> ViewResponse:
    guest_form = GuestForm(prefix="guest-")
    if request.method == "POST" and "marks" in request.form:
        return _store_sent_marks(course_session.id, origin)
    if request.method == "POST":
        if request.form.get("act") != "guest":
            with flashes.catch_refusal(Conflict):
                _store_form(course_session.id, origin)
            return _redirect(own_url)
        if guest_form.validate():
            guest = use_cases.add_guest(
                course_session.id,
                guest_form.company_name.data or "",
                guest_form.contact_name.data or "",
                guest_form.phone.data or "",
                origin,
            )
            flashes.done(_("%(company)s is on the list.", company=guest.company_name))
            return _redirect(own_url)
    return render_template(
        "programme/attendance.html",
        listed=queries.attendance_list(course_session),
        others=queries.others_in_project(course_session),
        guest_form=guest_form,
        own_url=own_url,
        slug=slug,
        days_until=queries.days_until(course_session),
        early_message=use_cases.early_message(course_session),
    )


def _store_form(session_id: int, origin: MarkOrigin) -> None:
    """Store the attendance that a browser without JavaScript submits."""
    if request.form.get("act") == "all":
        count = use_cases.mark_all_here(session_id, origin)
    else:
        listed = submitted_ids("listed")
        here, rendered = set(submitted_ids("here")), set(submitted_ids("was"))
        count = use_cases.save_list(
            session_id,
            {one: one in here for one in listed},
            {one: one in rendered for one in listed},
            origin,
        )
    flashes.done(ngettext("%(num)s company has been marked.", "%(num)s companies have been marked.", count))


def _store_sent_marks(session_id: int, origin: MarkOrigin) -> ViewResponse:
    """Store the marks that a script sends, and respond with their keys, so that the script deletes them on the device."""
    try:
        marks = [_read_mark(item) for item in json.loads(request.form["marks"])[:MAX_MARKS]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        abort(400)
    try:
        use_cases.add_marks(session_id, marks, origin)
    except Conflict as error:
        return jsonify(refused=error.message), 409
    return jsonify(stored=[mark.key for mark in marks])


def _read_mark(item: Mapping[str, object]) -> NewMark:
    """Parse a mark. Raises ValueError, KeyError or TypeError."""
    milliseconds, key = item["at"], str(item["key"])
    participation_id = item["company"]
    if not isinstance(milliseconds, int) or not isinstance(participation_id, int):
        raise TypeError
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise ValueError
    if not 0 <= milliseconds < 2**43 or not 0 <= participation_id <= MAX_ID:
        raise ValueError
    marked_at = dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
    return NewMark(participation_id, Mark(str(item["mark"])), marked_at, key)


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/held", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS_TAKE_ATTENDANCE)
def session_held(slug: str, session_id: int) -> ViewResponse:
    """Record that a session was held, with the number of people present."""
    viewer = current_viewer()
    course_session = session_for(project_for(viewer, slug), session_id)
    form = edit(
        HeldForm,
        lambda: details_of(HeldDetails, course_session),
        lambda form: use_cases.confirm_held(
            session_id, HeldDetails(form.head_count.data), viewer, form.expected_fingerprint()
        ),
    )
    if form.is_saved:
        flashes.done(_("The session has been recorded as held."))
        return see_other("programme.course_session", slug=slug, session_id=session_id)
    return render_template(
        "programme/confirm_held.html", slug=slug, listed=queries.attendance_list(course_session), form=form
    )


@blueprint.get("/programme/<slug>/sessions/<int:session_id>/sheet")
@access.garden
def signature_sheet(slug: str, session_id: int) -> ViewResponse:
    """Show a sheet to print, on which the participants sign."""
    course_session = session_for(project_for(current_viewer(), slug), session_id)
    return render_template(
        "programme/signature_sheet.html", slug=slug, listed=queries.attendance_list(course_session)
    )


@blueprint.route("/programme/<slug>/sessions/<int:session_id>/links", methods=["GET", "POST"])
@access.reads_and_writes(Level.GARDEN, because=ADVISERS_TAKE_ATTENDANCE)
def session_links(slug: str, session_id: int) -> ViewResponse:
    """Make and withdraw links for the lecturer, and for taking attendance on a borrowed phone."""
    viewer = current_viewer()
    course_session = session_for(project_for(viewer, slug), session_id)
    made = ""
    if request.method == "POST":
        purpose, act = request.form.get("purpose", ""), request.form.get("act", "")
        if purpose not in use_cases.LINK_PURPOSES:
            return see_other("programme.session_links", slug=slug, session_id=session_id)
        if act == "withdraw":
            use_cases.withdraw_links(session_id, purpose, viewer)
            flashes.done(_("The links no longer work."))
            return see_other("programme.session_links", slug=slug, session_id=session_id)
        token = use_cases.create_link(session_id, purpose, viewer)
        endpoint = "programme.attendance_by_link" if purpose == "attendance" else "programme.lecturer_page"
        made = current_app.config["SETTINGS"].site_url + url_for(endpoint, token=token)
    return render_template(
        "programme/session_links.html",
        slug=slug,
        shown=course_session,
        made=made,
        qr=_qr_code(made) if made else "",
        links={purpose: queries.open_links(session_id, purpose) for purpose in use_cases.LINK_PURPOSES},
    )


@blueprint.get("/programme/<slug>/sessions/<int:session_id>/code")
@access.garden
def check_in_screen(slug: str, session_id: int) -> ViewResponse:
    """Show the code for self check-in on a screen at the venue."""
    course_session = session_for(project_for(current_viewer(), slug), session_id)
    code = check_in_code(_secret(), session_id, clock.now())
    site_url = current_app.config["SETTINGS"].site_url
    url = site_url + url_for("programme.check_in", session_id=session_id, code=code)
    return render_template(
        "programme/check_in_screen.html",
        slug=slug,
        shown=course_session,
        code=code,
        code_minutes=CODE_MINUTES,
        url=url,
        qr=_qr_code(url),
    )


@blueprint.route("/here/<int:session_id>/<code>", methods=["GET", "POST"])
@access.reads_and_writes(
    Level.PUBLIC, because="the code is shown only in the room, and changes every half hour"
)
def check_in(session_id: int, code: str) -> ViewResponse:
    """Let a company mark itself as present, with the code shown at the venue."""
    if not is_valid_code(_secret(), session_id, code[:20], clock.now()):
        return render_template("programme/check_in_expired.html", code_minutes=CODE_MINUTES), 410
    course_session = queries.session_by_id(session_id)
    listed = queries.attendance_list(course_session)
    chosen = parse_id(request.form.get("company", ""))
    if request.method == "POST" and chosen is not None:
        row = or_404(next((row for row in listed.rows if row.participation.id == chosen), None))
        with flashes.catch_refusal(Conflict):
            rendered = {chosen: row.is_here}
            use_cases.save_list(session_id, {chosen: True}, rendered, MarkOrigin(MarkSource.SELF))
            return render_template("programme/checked_in.html", shown=course_session, row=row)
        return see_other("programme.check_in", session_id=session_id, code=code)
    viewer = current_viewer()
    own = [
        row
        for row in listed.rows
        if viewer.is_company and row.participation.company_id == viewer.organisation_id
    ]
    return render_template(
        "programme/check_in.html",
        shown=course_session,
        rows=own or listed.rows,
        is_known=bool(own),
        code=code,
    )


@blueprint.get("/sessions/<token>/room")
@access.public
def lecturer_page(token: str) -> ViewResponse:
    """Show a lecturer the companies of a session and their progress."""
    course_session = queries.session_of_link(token, "lecturer")
    return render_template(
        "programme/lecturer_page.html",
        shown=course_session,
        rows=progress_of_cohort(course_session),
        total=count_topics(),
        feedback=feedback_summary(course_session.id),
        min_answers=MIN_ANSWERS_FOR_LECTURER,
    )


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _qr_code(url: str) -> str:
    """Return a URL as a QR code in SVG, without inline styles."""
    return segno.make(url, error="m").svg_inline(scale=6, svgclass="qr", lineclass="qr-line", omitsize=True)


def _redirect(url: str) -> ViewResponse:
    return current_app.redirect(url, 303)
