"""Error pages in the user's language, each with a link or a form to continue."""

import logging
from http import HTTPStatus

from flask import Flask, make_response, redirect, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, TooMany
from marketplace.core.i18n import gettext as _
from marketplace.core.sealing import SealError
from marketplace.web import access, flashes, form_recovery, mandate_access, missing_pages
from marketplace.web.viewer import load_user_or_assume_anonymous

logger = logging.getLogger(__name__)
KILOBYTES_PER_MEGABYTE = 1024
Answer = Response | tuple[str, int]


def _title_and_text(code: int) -> tuple[str, str]:
    """Return the title and explanation of an HTTP status."""
    texts = {
        400: (
            _("We could not read the request"),
            _("Something in the request was wrong. Try again."),
        ),
        403: (
            _("You do not have access to this page"),
            _("You are signed in, but this page belongs to another role. Check who you are acting for."),
        ),
        404: (
            _("Page not found"),
            _("The address may be wrong, or you may not have access to the page."),
        ),
        405: (_("You cannot do that here"), _("Go back and use the buttons on the page.")),
        409: (
            _("Someone else got there first"),
            _("The content has changed since you opened the page."),
        ),
        410: (
            _("This page no longer exists"),
            _("The link has been used or has expired. Request a new one."),
        ),
        413: (
            _("That is too much to send at once"),
            _(
                "At most %(size)s can be sent at once. Choose a smaller file or shorten the text, and send it again.",
                size=_max_size(),
            ),
        ),
        422: (_("That did not work"), _("Check what you entered, and send it again.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
        503: (_("The service is busy right now"), _("Nothing was changed. Wait a moment and send it again.")),
    }
    fallback = (
        _("Something went wrong on our side"),
        _("Try again in a little while."),
    )
    return texts.get(code, fallback)


def page(code: int, message: str | None = None, title: str | None = None) -> Answer:
    """Render an error page, or the page that replaces it for somebody sent there by a message."""
    replacement = missing_pages.replacement_for(code)
    if replacement is not None:
        return replacement, 200
    general_title, text = _outdated_form() if _is_outdated_form(code) else _title_and_text(code)
    return _error_page(code, title or general_title, message or text)


def _is_outdated_form(code: int) -> bool:
    """Return True if a form of this site is about something that the user cannot open, or can no longer open."""
    return code == HTTPStatus.NOT_FOUND and request.method == "POST" and request.endpoint is not None


def _outdated_form() -> tuple[str, str]:
    return (
        _("This has changed since you opened the page"),
        _(
            "Nothing has been saved or sent. What the form was about has been answered, closed or removed, or you no longer have access to it."
        ),
    )


def _error_page(code: int, title: str, text: str) -> Answer:
    """Render an error page. A submitted form is shown again with its text, or else the text alone."""
    return form_recovery.recover(code, text) or form_recovery.field_page(code, title, text)


def _max_size() -> str:
    """Return the largest size of a request, such as "512 kB" or "11 MB"."""
    kilobytes = (request.max_content_length or 0) // 1024
    return (
        f"{kilobytes} kB"
        if kilobytes < KILOBYTES_PER_MEGABYTE
        else f"{kilobytes // KILOBYTES_PER_MEGABYTE} MB"
    )


def database_unavailable_page() -> Answer:
    """Render the page for a database that is unavailable."""
    response = make_response(page(503))
    response.headers["Retry-After"] = "5"
    return response


def register(app: Flask) -> None:
    """Register an error page for each kind of error."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        return page(error.code or 500)

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> Answer:
        form_recovery.read_oversized_form()
        return page(413)

    @app.errorhandler(CSRFError)
    def csrf_error(_error: CSRFError) -> Answer:
        if (answer := form_recovery.renew_token()) is not None:
            return answer
        message = _("The form has expired, because it was open for a long time. Send it again.")
        return page(400, message) if form_recovery.has_text() else _page_of_expired_form(message)

    _register_domain_errors(app)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InternalError)
    def database_unavailable(error: OperationalError | InternalError) -> Answer:
        session.rollback()
        load_user_or_assume_anonymous()
        logger.error("Database unavailable on %s %s: %s", request.method, request.endpoint, error.orig)
        return database_unavailable_page()

    @app.errorhandler(DataError)
    def invalid_value(error: DataError) -> Answer:
        """Handle a value from a hidden field or URL that no form validates and the database cannot store."""
        session.rollback()
        logger.warning(
            "The database refused a value on %s %s: %s", request.method, request.endpoint, type(error.orig)
        )
        return page(400)

    @app.errorhandler(IntegrityError)
    def constraint_violated(error: IntegrityError) -> Answer:
        session.rollback()
        logger.warning(
            "A constraint was violated on %s %s: %s", request.method, request.endpoint, type(error.orig)
        )
        return page(409)

    @app.errorhandler(StaleDataError)
    @app.errorhandler(ObjectDeletedError)
    def row_deleted(error: StaleDataError | ObjectDeletedError) -> Answer:
        """Handle a row that another request has deleted since this one read it."""
        session.rollback()
        logger.warning("A row was deleted on %s %s: %s", request.method, request.endpoint, error)
        return page(409)

    @app.errorhandler(Exception)
    def unexpected_error(error: Exception) -> Answer:
        session.rollback()
        logger.error("Unexpected error on %s %s", request.method, request.endpoint, exc_info=error)
        return page(500)


def _page_of_expired_form(message: str) -> Answer:
    """Return to the page of an expired form without text, such as a button or a file, after signing in if necessary."""
    if (answer := access.sign_in_again()) is not None:
        return answer
    back = form_recovery.referring_page()
    if back is None:
        return page(400, message)
    flashes.warn(message)
    return redirect(back, 303)


def _register_domain_errors(app: Flask) -> None:
    """Register error pages for the exceptions of use cases."""

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Answer:
        return page(404)

    @app.errorhandler(Forbidden)
    def forbidden(_error: Forbidden) -> Answer:
        return page(403)

    @app.errorhandler(mandate_access.MandateRefusal)
    def mandate_refusal(refusal: mandate_access.MandateRefusal) -> Answer:
        return _error_page(403, refusal.title, refusal.message)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> Answer:
        return page(409, error.message)

    @app.errorhandler(RuleBroken)
    def rule_broken(error: RuleBroken) -> Answer:
        return page(422, error.message)

    @app.errorhandler(TooMany)
    def too_many(error: TooMany) -> Answer:
        response = make_response(page(429, error.message))
        response.headers["Retry-After"] = str(error.seconds)
        return response

    @app.errorhandler(SealError)
    def cannot_unseal(error: SealError) -> Answer:
        session.rollback()
        logger.error("%s %s: %s", request.method, request.endpoint, error)
        return page(
            503,
            _("This offer cannot be opened right now. Nothing has been changed. The error has been logged."),
        )
