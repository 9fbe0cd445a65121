"""Pages that show a submitted form again: its own page, the sign-in pages, or an error page with the text to copy."""

import re
from collections.abc import Sequence

from flask import Flask, g, jsonify, make_response, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response

from marketplace.core.i18n import gettext as _
from marketplace.web import flashes
from marketplace.web.form_recovery import submission as submissions
from marketplace.web.form_recovery.main_form import main_form
from marketplace.web.form_recovery.nested_pages import find_current_page, render_page
from marketplace.web.form_recovery.refill import has_draft_form, refill
from marketplace.web.form_recovery.submission import CONTROL_FIELDS, PENDING_FORM_FIELD, Submission
from marketplace.web.request import is_autosave
from marketplace.web.viewer import (
    STEP_ENDPOINTS,
    acting_organisation_id,
    current_person,
    current_viewer,
    forget_loaded_user,
    pending_step,
)

OK, UNAUTHORIZED, FORBIDDEN, CONFLICT = 200, 401, 403, 409
RESENDABLE = frozenset({409, 413, 422, 429, 500, 503})
"""Statuses after which sending the same form again may succeed."""
OUTDATED = frozenset({404, 409})
"""Statuses of a form that no longer fits the current state of what it was about."""
_SHORT_CHARACTERS = 40


def register(app: Flask) -> None:
    """Name the signed-in user and the organisation in the CSRF tokens, and add the template globals."""

    @app.before_request
    def name_author() -> None:
        person = current_person()
        if request.endpoint is None or request.endpoint == "static" or not person.is_signed_in:
            return
        if "csrf_token" not in session:
            session["csrf_token"] = submissions.new_token_secret(person.user_id)
        if pending_step() is not None:
            return
        if request.method == "POST":
            submissions.accept_token_of_other_organisation()
        else:
            submissions.name_organisation_in_token(acting_organisation_id())

    app.jinja_env.globals.update(pending_form_field=_pending_form_field, main_form=main_form)


def recover(status: int, message: str) -> Response | None:
    """Return the page of a refused form with the submitted values and a message.

    Returns None if there is nothing to send again, or no page that can show it: see `field_page`.
    """
    if request.method == "POST" and is_autosave():
        return make_response(jsonify(saved=message, ok=False, seen=""), status)
    submission = submissions.read()
    if submission is None or not submission.is_verified or g.get("user_is_unknown", False):
        return None
    if not (submission.fields or submission.has_files):
        return None
    if submission.belongs_to_viewer or submission.same_session:
        note = _("Nothing has been sent. Your text is in the form below.") if submission.typed else ""
        restored = _restore(submission, f"{message} {note}", status)
        if restored or submission.belongs_to_viewer:
            return restored
    return _sign_in_page(submission, _sign_in_message()) if submission.typed else None


def renew_token() -> Response | None:
    """Answer an autosave whose CSRF token is of an earlier session or has expired.

    The user it was made for gets a new token and continues; nobody else does. Returns None for other requests.
    """
    if not is_autosave():
        return None
    if submissions.is_token_of_viewer(request.form.get("csrf_token", "")):
        message = _("You have signed in again. The text is saved when you write more.")
        answer = jsonify(saved=message, ok=False, seen="", csrf_token=generate_csrf())
        return make_response(answer, CONFLICT)
    if not current_viewer().is_signed_in:
        return recover(UNAUTHORIZED, _("You have been signed out. Sign in again in another window."))
    return recover(
        UNAUTHORIZED,
        _("Not saved: you have signed in as another user in this browser. Copy the text before you leave."),
    )


def is_draft_form_on_page(path: str, page: str) -> bool:
    """Return True if the current user may open a page with a form that has drafts and is sent to a path."""
    flashed = session.get("_flashes")
    try:
        return any(
            (html := render_page(candidate, "", is_prefetch=True)) and has_draft_form(html, candidate, path)
            for candidate in Submission(path, page, None, ()).pages()
        )
    finally:
        if flashed is not None:  # rendering removed the messages, but nobody has seen this page
            session["_flashes"] = flashed


def refuse_form_of_other_organisation() -> Response | None:
    """Return the text of a form that was rendered before the user chose another organisation; None for other forms."""
    rendered_for = submissions.organisation_of_form()
    if rendered_for is None or rendered_for == acting_organisation_id():
        return None
    message = _(
        "You have chosen another organisation in this browser since you opened this page. Nothing has been saved. Copy the text, go back to the right organisation and open the page again."
    )
    if is_autosave():
        return make_response(jsonify(saved=message, ok=False, seen=""), FORBIDDEN)
    title = _("You are now signed in for another organisation")
    return make_response(*field_page(FORBIDDEN, title, message))


def field_page(status: int, title: str, text: str) -> tuple[str, int]:
    """Render an error page with the submitted text, to send again where that may succeed, else to copy."""
    submission = submissions.read()
    is_own = submission is not None and (
        submission.belongs_to_viewer or (submission.same_session and g.get("user_is_unknown", False))
    )
    if submission is None or not (is_own or not submission.is_verified):
        return _error_page(status, title, text, None)
    return _error_page(status, title, text, submission)


def _error_page(status: int, title: str, text: str, submission: Submission | None) -> tuple[str, int]:
    is_current = submission is not None and submission.is_verified and submission.is_for_current_organisation
    current_page = find_current_page(submission) if submission and is_current and status in OUTDATED else None
    can_resend = is_current and status in RESENDABLE and current_page is None
    html = render_template(
        "error.html",
        code=status if status != OK else None,
        title=title,
        text=text,
        path=submission.path if submission else "",
        typed=_boxes(submission, can_resend=can_resend) if submission and submission.typed else [],
        can_resend=can_resend,
        current_page=current_page,
    )
    return html, status


def _boxes(submission: Submission, *, can_resend: bool) -> list[tuple[str, str, bool]]:
    """Return name, value and visibility of each field. Codes of choices are hidden in a form to resend."""
    return [
        (name, value, _is_readable(name, value, can_resend=can_resend))
        for name, value in submission.fields
        if can_resend or (name not in CONTROL_FIELDS and value.strip())
    ]


def _is_readable(name: str, value: str, *, can_resend: bool) -> bool:
    if name in CONTROL_FIELDS or not value.strip():
        return False
    is_code = re.fullmatch(r"[a-z0-9_.:-]*", value) is not None and len(value) <= _SHORT_CHARACTERS
    return not (can_resend and is_code)


def ask_to_sign_in() -> Response | None:
    """Return the next sign-in page, carrying the submitted form. None if there is no text to keep."""
    if is_autosave():
        return recover(UNAUTHORIZED, _("You have been signed out. Sign in again in another window."))
    submission = submissions.read()
    if submission is None or not submission.typed or not submission.is_verified:
        return None
    return _sign_in_page(submission, _sign_in_message())


def _sign_in_message() -> str:
    if current_viewer().is_signed_in:
        return _(
            "This form was opened by another user. Nothing has been sent. Sign in as that user to see the text in the form again."
        )
    return _(
        "You have been signed out. Nothing has been sent. Sign in, and your text will be in the form again."
    )


def _sign_in_page(submission: Submission, message: str) -> Response | None:
    sealed = submissions.seal(submission)
    if sealed is None:
        title, text = _("Sign in"), _("You have been signed out. Copy your text, and sign in again.")
        return make_response(*_error_page(UNAUTHORIZED, title, text, submission))
    g.pending_form = sealed
    step = pending_step()
    endpoint = STEP_ENDPOINTS[step] if step else "accounts.sign_in"
    html = render_page(url_for(endpoint, next=submission.page or None), message)
    return None if html is None else make_response(html, UNAUTHORIZED)


def pending_form() -> str:
    """Return the sealed form that the sign-in pages carry, or an empty string."""
    if "pending_form" in g or "oversized_form" in g:
        return str(g.get("pending_form", ""))
    return request.form.get(PENDING_FORM_FIELD, "")


def _pending_form_field() -> Markup:
    sealed = pending_form()
    if not sealed:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(PENDING_FORM_FIELD, sealed)


def resume() -> Response | None:
    """Return the page after a sign-in step: the next step, or the pending form. None if no form is pending."""
    sealed = pending_form()
    if not sealed:
        return None
    forget_loaded_user()
    submission = submissions.unseal(sealed)
    if submission is None:
        flashes.warn(
            _(
                "The text you had written could not be shown again: it is more than %(hours)s hours old.",
                hours=submissions.LIFETIME_SECONDS // 3600,
            )
        )
        return None
    g.pending_form = sealed
    if (step := pending_step()) is not None:
        html = render_page(url_for(STEP_ENDPOINTS[step], next=submission.page or None), "")
        return make_response(html) if html else None
    if not submission.belongs_to_viewer:
        return _sign_in_page(submission, _sign_in_message())
    g.pending_form = ""  # sign-in is complete: the page has the text again
    message = _(
        "You had been signed out, so nothing has been sent. Your text is in the form again: check it and send it."
    )
    return _restore(submission, message, OK) or make_response(*_copy_page(submission))


def _copy_page(submission: Submission) -> tuple[str, int]:
    return _error_page(
        OK,
        _("Your text was not sent"),
        _(
            "The page with the form no longer exists, or can no longer be changed. Copy the text if you need it."
        ),
        submission,
    )


def rerender_form() -> Response | None:
    """Show the form on the page with the submitted values, without processing it. None if nothing was submitted."""
    submission = submissions.read()
    if submission is None or not submission.fields or not submission.is_verified:
        return None
    g.pending_form = pending_form()
    if submission.belongs_to_viewer or submission.same_session:
        restored = _restore(submission, "", OK)
        if restored or submission.belongs_to_viewer:
            return restored or (make_response(*_copy_page(submission)) if submission.typed else None)
    return _sign_in_page(submission, _sign_in_message())


def _restore(submission: Submission, message: str, status: int) -> Response | None:
    """Return the first page that has the form, with the submitted values. None for a form of another organisation."""
    if not submission.is_for_current_organisation:
        return None
    if submission.has_files:
        message += " " + _("Choose the files again.")
    g.pending_form = pending_form()
    for page in submission.pages():
        html = render_page(page, message)
        refilled = refill(html, page, submission, fresh_locks=status == CONFLICT) if html else None
        if refilled:
            return make_response(_with_leftovers(refilled.html, refilled.leftovers), status)
    return None


def _with_leftovers(html: str, leftovers: Sequence[tuple[str, str]]) -> str:
    if not leftovers:
        return html
    start = '<main id="content" tabindex="-1">'
    boxes = render_template("components/unsaved_text.html", texts=[value for _name, value in leftovers])
    return html.replace(start, start + boxes, 1)
