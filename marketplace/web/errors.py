"""Error pages in the reader's language, each with a way on."""

import logging
from collections.abc import Iterable

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException

from marketplace.core.database import session
from marketplace.core.errors import Conflict, Forbidden, NotFound, RuleBroken, TooMany
from marketplace.core.i18n import gettext as _
from marketplace.core.sealing import SealError

logger = logging.getLogger(__name__)
SECRET = "password"  # noqa: S105 because it is what such fields are called
Typed = Iterable[tuple[str, str]]
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def _words(code: int) -> tuple[str, str]:
    """Return title and explanation for a status."""
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
        413: (_("That is too much to send at once"), _("Shorten the text and send it again.")),
        422: (_("That did not work"), _("Go back and check what you entered.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
        503: (_("The service is busy right now"), _("Nothing was changed. Wait a moment and send it again.")),
    }
    fallback = (
        _("Something went wrong on our side"),
        _("Nothing you have entered is lost. Try again in a little while."),
    )
    return texts.get(code, fallback)


def page(code: int, message: str | None = None, typed: Typed = ()) -> tuple[str, int]:
    """Return an error page with its status; with what was typed, it can be sent once more from there."""
    title, text = _words(code)
    html = render_template("error.html", code=code, title=title, text=message or text, typed=list(typed))
    return html, code


def busy() -> Answer:
    """Return the page for a database that cannot be written to: nothing was changed, and the text is still there."""
    secret = any(SECRET in name for name in request.form)
    typed = () if request.method != "POST" or secret else request.form.items(multi=True)
    html, code = page(503, typed=typed)
    return html, code, {"Retry-After": "5"}


def register(app: Flask) -> None:
    """Answer each kind of error with a page."""

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        return page(error.code or 500)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> Answer:
        return page(400, _("The form was open for too long. Go back, reload the page and send it again."))

    _register_own(app)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InternalError)
    def database_away(error: OperationalError | InternalError) -> Answer:
        session.rollback()
        logger.error("The database did not answer %s %s: %s", request.method, request.endpoint, error.orig)
        return busy()

    @app.errorhandler(DataError)
    def cannot_be_stored(error: DataError) -> Answer:
        """A value that no form let through, in a hidden field or an address, and that the database does not know."""
        session.rollback()
        logger.warning("A value was refused by %s %s: %s", request.method, request.endpoint, type(error.orig))
        return page(400)

    @app.errorhandler(IntegrityError)
    def came_second(error: IntegrityError) -> Answer:
        session.rollback()
        logger.warning("A constraint refused %s %s: %s", request.method, request.endpoint, type(error.orig))
        return page(409)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Answer:
        session.rollback()
        logger.error("Failed on %s %s", request.method, request.endpoint, exc_info=error)
        return page(500)


def _register_own(app: Flask) -> None:
    """Answer what use cases raise."""

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
    def sealed_shut(error: SealError) -> Answer:
        session.rollback()
        logger.error("%s %s: %s", request.method, request.endpoint, error)
        return page(
            503,
            _(
                "This offer cannot be opened right now. Nothing has been changed. The people who run the service have been notified."
            ),
        )
