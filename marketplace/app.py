"""Putting the house together: settings, database, access, language, features, error pages."""

from pathlib import Path

from flask import Flask, current_app
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from marketplace.accounts.standing import SessionRules, Stage
from marketplace.accounts.views import blueprint as accounts
from marketplace.briefs.views import blueprint as briefs
from marketplace.config import Settings
from marketplace.core.database import db
from marketplace.core.sealing import use_keyring
from marketplace.demo.people import demo_people
from marketplace.organisations.queries import signed_in_by_token, words_around
from marketplace.organisations.views import blueprint as organisations
from marketplace.outbox.views import blueprint as outbox
from marketplace.pages.views import blueprint as pages
from marketplace.proposals.views import blueprint as proposals
from marketplace.sourcing.views import blueprint as sourcing
from marketplace.suppliers.views import blueprint as suppliers
from marketplace.web import access, errors, filters, locale, menu, once, security
from marketplace.web.converters import BoundedInteger
from marketplace.web.viewer import SignedIn, Standing, login_manager

FEATURES = (pages, accounts, organisations, suppliers, briefs, sourcing, proposals, outbox)
csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """Return the web application. Settings come from the environment unless given."""
    settings = settings or Settings.from_environment()
    app = Flask("marketplace", instance_path=str(settings.instance_path))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SITE_NAME=settings.site_name,
        DEMO=settings.demo,
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_request_kilobytes * 1024,
        MAX_FORM_MEMORY_SIZE=settings.max_request_kilobytes * 1024,
        MAX_FORM_PARTS=1000,
        SESSION_COOKIE_NAME="__Host-session" if settings.is_https else "session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=settings.session_hours * 3600,
        WTF_CSRF_SSL_STRICT=settings.production,
        TEMPLATES_AUTO_RELOAD=False,
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["demo_people"] = demo_people
    app.extensions["words_around"] = words_around
    app.url_map.converters["int"] = BoundedInteger
    db.init_app(app)
    use_keyring(make_url(settings.database_url), settings.keyring())
    csrf.init_app(app)
    _sign_in(app, settings)
    locale.register(app, settings)
    access.guard(app)
    filters.register(app)
    menu.register(app)
    errors.register(app)
    security.register(app, settings)
    for feature in FEATURES:
        app.register_blueprint(feature)
    once.register(app)
    _serve(app, settings)
    return app


def _engine_options(settings: Settings) -> dict[str, object]:
    if settings.database_url.startswith("sqlite"):
        return {}
    return {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}


def _sign_in(app: Flask, settings: Settings) -> None:
    login_manager.init_app(app)

    app.extensions["session_rules"] = SessionRules(
        settings.session_hours,
        settings.session_idle_minutes,
        settings.trusted_idle_minutes,
        second_factor=settings.second_factor and not settings.demo,
    )


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    """Return who is behind a cookie's secret, by the rules of the application that was asked."""
    found = signed_in_by_token(token, current_app.extensions["session_rules"])
    if found is None:
        return None
    waiting_for = None if found.stage is Stage.IN else found.stage
    standing = Standing(found.unread, found.memberships, waiting_for, found.must_have_factor)
    return SignedIn(found.viewer, token, standing)


def _serve(app: Flask, settings: Settings) -> None:
    static = Path(str(app.static_folder))
    static.mkdir(exist_ok=True)
    whitenoise = WhiteNoise(
        app.wsgi_app,
        root=static,
        prefix="static/",
        max_age=31_536_000 if not settings.testing else 0,
        add_headers_function=_static_headers,
    )
    app.wsgi_app = whitenoise  # type: ignore[method-assign]  # because Flask says to wrap it like this
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # because Flask says to wrap it like this


def _static_headers(headers: object, _path: str, _url: str) -> None:
    for name, value in security.COMMON_HEADERS.items():
        headers[name] = value  # type: ignore[index]  # because WhiteNoise gives a Headers object
