"""Application factory: configuration, database, access control, language, blueprints and error pages."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request as current_request
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from marketplace.accounts.session_policy import SessionPolicy, SignInStage
from marketplace.accounts.views import blueprint as accounts
from marketplace.briefs.views import blueprint as briefs
from marketplace.casework.views import blueprint as casework
from marketplace.config import Settings
from marketplace.core.database import db, engine_options
from marketplace.core.region import Region, use_region
from marketplace.core.sealing import use_keyring
from marketplace.database import migrate
from marketplace.demo.people import demo_people
from marketplace.directory.views import blueprint as directory
from marketplace.finance.views import blueprint as finance
from marketplace.hook_registration import register_hooks
from marketplace.mandates.queries.acting import load_mandated_viewer
from marketplace.mandates.views import blueprint as mandates
from marketplace.operation import logs
from marketplace.operation.views import blueprint as operation
from marketplace.organisations.queries import load_signed_in_person, organisation_names_of
from marketplace.organisations.views import blueprint as organisations
from marketplace.outbox.views import blueprint as outbox
from marketplace.pages.views import blueprint as pages
from marketplace.privacy.views import blueprint as privacy
from marketplace.programme.views import blueprint as programme
from marketplace.proposals.views import blueprint as proposals
from marketplace.regions.reader import installed_region
from marketplace.regions.views import blueprint as regions
from marketplace.reporting.views import blueprint as reporting
from marketplace.sourcing.ranking.index_cache import use_cache_dir
from marketplace.sourcing.views import blueprint as sourcing
from marketplace.strategy.views import blueprint as strategy
from marketplace.suppliers.views import blueprint as suppliers
from marketplace.vetting.views import blueprint as vetting
from marketplace.web import (
    access,
    assets,
    compression,
    errors,
    form_drafts,
    form_recovery,
    fragment_cache,
    idempotency,
    locale,
    navigation,
    rate_limit,
    request,
    request_body,
    request_validation,
    security,
    template_filters,
    url_cache,
)
from marketplace.web.converters import BoundedInteger
from marketplace.web.forms import base as forms
from marketplace.web.template_environment import TemplateEnvironment
from marketplace.web.viewer import SessionInfo, SignedIn, login_manager

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FEATURES = (
    pages,
    privacy,
    regions,
    accounts,
    organisations,
    mandates,
    suppliers,
    vetting,
    directory,
    briefs,
    strategy,
    sourcing,
    proposals,
    programme,
    casework,
    finance,
    reporting,
    outbox,
    operation,
)
csrf = CSRFProtect()


def create_app(settings: Settings | None = None, region: Region | None = None) -> Flask:
    """Create the Flask application. Settings come from the environment, and the region from its file, unless given.

    Raises RegionFileError if the region file cannot be used.
    """
    settings = settings or Settings.from_environment()
    use_region(region or installed_region(settings.instance_path))
    app = Flask("marketplace", instance_path=str(settings.instance_path))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SITE_NAME=settings.site_name,
        DEMO=settings.demo,
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_request_kilobytes * 1024,
        MAX_FORM_MEMORY_SIZE=settings.max_request_kilobytes * 1024,
        MAX_FORM_PARTS=request_validation.MAX_FIELDS,
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
    app.jinja_environment = TemplateEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["demo_people"] = demo_people
    app.extensions["organisation_names_of"] = organisation_names_of
    app.url_map.converters["int"] = BoundedInteger
    register_hooks()
    db.init_app(app)
    request.register(app)
    locale.register(app, settings)
    request_validation.register(app)
    rate_limit.register(app, settings)
    use_keyring(make_url(settings.database_url), settings.keyring())
    use_cache_dir(make_url(settings.database_url), settings.instance_path / "index")
    _register_sign_in(app, settings)
    forms.register(app)
    form_recovery.register(app)
    csrf.init_app(app)
    logs.register(app)
    _register_metrics(app)
    access.guard(app)
    template_filters.register(app)
    url_cache.register(app)
    fragment_cache.register(app)
    navigation.register(app)
    errors.register(app)
    security.register(app)
    compression.register(app)
    form_drafts.register(app)
    for feature in FEATURES:
        app.register_blueprint(feature)
    # Choosing a language has no other effect, and must also work from a form whose CSRF token has expired.
    csrf.exempt(app.view_functions["pages.choose_language"])
    # Mail programs unsubscribe their user with one click, without a session (RFC 8058); the token authorizes it.
    csrf.exempt(app.view_functions["accounts.unsubscribe"])
    idempotency.register(app)
    _serve_static_files(app, settings)
    return app


def _register_metrics(app: Flask) -> None:
    from marketplace.operation import metrics  # noqa: PLC0415 because importing it chooses the metrics storage

    app.extensions["schema_is_newest"] = lambda: migrate.current(db.engine) == migrate.head()
    metrics.register(app)


def _register_sign_in(app: Flask, settings: Settings) -> None:
    login_manager.init_app(app)

    app.extensions["session_policy"] = SessionPolicy(
        settings.session_hours,
        settings.session_idle_minutes,
        settings.trusted_idle_minutes,
        second_factor=settings.second_factor and not settings.demo,
    )


@login_manager.user_loader
def _load(token: str) -> SignedIn | None:
    """Return the user of a session token, by the session policy of the current application."""
    person = load_signed_in_person(token, current_app.extensions["session_policy"], current_request.path)
    if person is None:
        return None
    pending_step = None if person.stage is SignInStage.COMPLETE else person.stage
    viewer, mandate = person.viewer, None
    if person.acting_mandate_id is not None and pending_step is None:
        viewer, mandate = load_mandated_viewer(viewer, person.acting_mandate_id)
    info = SessionInfo(
        person.unread,
        person.unread_here,
        person.memberships,
        pending_step,
        person.requires_two_factor,
        person.garden,
        mandate,
    )
    return SignedIn(viewer, token, info)


def _serve_static_files(app: Flask, settings: Settings) -> None:
    static = Path(str(app.static_folder))
    static.mkdir(exist_ok=True)
    assets.compress_own_files(static)
    whitenoise = WhiteNoise(
        app.wsgi_app,
        root=static,
        prefix="static/",
        max_age=31_536_000 if not settings.testing else 0,
    )
    answers = request_body.discard_unread(whitenoise)
    app.wsgi_app = _with_headers(answers, security.headers_for(settings))  # type: ignore[method-assign, assignment]  # because Flask says to wrap it like this
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # because Flask says to wrap it like this


def _with_headers(wsgi_app: "WSGIApplication", headers: dict[str, str]) -> "WSGIApplication":
    """Add headers that a response lacks, also to responses from WhiteNoise and Werkzeug that pass through no view."""

    def add_headers(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, given: list[tuple[str, str]], *more: Any) -> Any:
            present = {name.lower() for name, _value in given}
            added = [(name, value) for name, value in headers.items() if name.lower() not in present]
            return start_response(status, [*given, *added], *more)

        return wsgi_app(environ, start)

    return add_headers
