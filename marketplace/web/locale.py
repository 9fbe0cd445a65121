"""Language of each request: from the language cookie, else the user's account, else the default."""

from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from marketplace.config import Settings
from marketplace.core.i18n import LOCALES, set_locale, use_default_locale
from marketplace.core.region import current_region
from marketplace.web.viewer import current_viewer

LOCALE_COOKIE = "locale"


def choose(locale: str) -> None:
    """Use a language for the rest of this request."""
    g.chosen_locale = locale
    set_locale(locale)


def set_locale_cookie(response: Response, locale: str) -> None:
    """Store a language in the browser's language cookie."""
    settings: Settings = current_app.config["SETTINGS"]
    response.set_cookie(
        LOCALE_COOKIE, locale, max_age=31_536_000, samesite="Lax", httponly=True, secure=settings.is_https
    )


def register(app: Flask, settings: Settings) -> None:
    """Set the language before each request."""
    default = settings.default_locale or current_region().languages[0]
    use_default_locale(default)

    @app.before_request
    def choose_locale() -> None:
        chosen = g.get("chosen_locale") or request.cookies.get(LOCALE_COOKIE)
        # Set it before the user is loaded: the page of an error there must not be in the language of the last request.
        set_locale(chosen or default)
        if chosen not in LOCALES and (viewer := current_viewer()).is_signed_in:
            set_locale(viewer.locale)
