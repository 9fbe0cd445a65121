"""Error pages in the user's language, each with a link or a form to continue."""

import logging
from collections.abc import Iterable

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, TooMany
from marketplace.core.i18n import gettext as _
from marketplace.core.sealing import SealError
from marketplace.web.request_body import oversized_text

logger = logging.getLogger(__name__)
SECRET_FIELD = "password"  # noqa: S105 because it is a part of field names
KILOBYTES_PER_MEGABYTE = 1024
FormItems = Iterable[tuple[str, str]]
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def _title_and_text(code: int) -> tuple[str, str]:
    """Return the title and explanation of an HTTP status."""
    texts = {
        400: (
            _("We could not read the request"),
            _("Something in the request was wrong. Go back and try again."),
        ),
        403: (
            _("You do not have access to this page"),
            _("You are signed in, but this belongs to another role. Check who you are acting for."),
        ),
        404: (
            _("Page not found"),
            _("The address may be wrong, or you may not have access to the page."),
        ),
        405: (_("You cannot do that here"), _("Go back and use the buttons on the page.")),
        409: (
            _("Someone else got there first"),
            _("The content has changed since you opened the page. Reload the page."),
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
        422: (_("That did not work"), _("Go back and check what you entered.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
        503: (_("The service is busy right now"), _("Nothing was changed. Wait a moment and send it again.")),
    }
    fallback = (
        _("Something went wrong on our side"),
        _("Nothing you have entered is lost. Try again in a little while."),
    )
    return texts.get(code, fallback)


def page(code: int, message: str | None = None, typed: FormItems = ()) -> tuple[str, int]:
    """Render an error page. With form items, the page contains the form again so that it can be resubmitted."""
    title, text = _title_and_text(code)
    html = render_template("error.html", code=code, title=title, text=message or text, typed=list(typed))
    return html, code


def _max_size() -> str:
    """Return the largest size of a request, such as "512 kB" or "11 MB"."""
    kilobytes = (request.max_content_length or 0) // 1024
    return (
        f"{kilobytes} kB"
        if kilobytes < KILOBYTES_PER_MEGABYTE
        else f"{kilobytes // KILOBYTES_PER_MEGABYTE} MB"
    )


def database_unavailable_page() -> Answer:
    """Render the page for a database that is unavailable; submitted text is kept, except on forms with passwords."""
    typed = [] if request.method != "POST" else list(request.form.items(multi=True))
    html, code = page(503, typed=_without_secrets(typed))
    return html, code, {"Retry-After": "5"}


def _without_secrets(typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of a form, or none if it has a password."""
    return [] if any(SECRET_FIELD in name for name, _value in typed) else typed


def register(app: Flask) -> None:
    """Register an error page for each kind of error."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        return page(error.code or 500)

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> Answer:
        return page(413, typed=_without_secrets(oversized_text()))

    @app.errorhandler(CSRFError)
    def csrf_error(_error: CSRFError) -> Answer:
        return page(400, _("The form was open for too long. Go back, reload the page and send it again."))

    _register_domain_errors(app)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InternalError)
    def database_unavailable(error: OperationalError | InternalError) -> Answer:
        session.rollback()
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

    @app.errorhandler(Exception)
    def unexpected_error(error: Exception) -> Answer:
        session.rollback()
        logger.error("Unexpected error on %s %s", request.method, request.endpoint, exc_info=error)
        return page(500)


def _register_domain_errors(app: Flask) -> None:
    """Register error pages for the exceptions of use cases."""

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Answer:
        return page(404)

    @app.errorhandler(Forbidden)
    def forbidden(_error: Forbidden) -> Answer:
        return page(403)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> Answer:
        return page(409, error.message)

    @app.errorhandler(RuleBroken)
    def rule_broken(error: RuleBroken) -> Answer:
        return page(422, error.message)

    @app.errorhandler(TooMany)
    def too_many(error: TooMany) -> Answer:
        html, code = page(429, error.message)
        return html, code, {"Retry-After": str(error.seconds)}

    @app.errorhandler(SealError)
    def cannot_unseal(error: SealError) -> Answer:
        session.rollback()
        logger.error("%s %s: %s", request.method, request.endpoint, error)
        return page(
            503,
            _(
                "This offer cannot be opened right now. Nothing has been changed. The people who run the service have been notified."
            ),
        )
