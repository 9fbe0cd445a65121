"""Rate limits for list pages and drafts, per minute and client, counted across all processes."""

import hashlib

from flask import Flask, request

from marketplace.config import Settings
from marketplace.core import request_state
from marketplace.core.client_network import network_prefix
from marketplace.core.database import db
from marketplace.core.errors import TooMany
from marketplace.core.i18n import gettext as _
from marketplace.web.viewer import current_viewer

LIMITED_ENDPOINTS = {"directory.search", "sourcing.opportunities", "pages.gardens"}
DRAFT_ENDPOINT = "pages.save_draft"
DRAFTS_PER_MINUTE = 60
RETRY_AFTER_SECONDS = 60


def register(app: Flask, settings: Settings) -> None:
    """Refuse list pages and drafts to clients that exceed a number of requests per minute."""

    @app.before_request
    def check_rate() -> None:
        if request.endpoint == DRAFT_ENDPOINT and current_viewer().is_signed_in:
            subject = _client_hash(settings.secret_key, "drafts")
            if request_state.count_request(db.engine, subject) > DRAFTS_PER_MINUTE:
                raise TooMany(_("Not saved yet. It will be saved within a minute."), RETRY_AFTER_SECONDS)
        if request.endpoint not in LIMITED_ENDPOINTS or not settings.list_pages_per_minute:
            return
        subject = _client_hash(settings.secret_key, "list pages")
        if request_state.count_request(db.engine, subject) > settings.list_pages_per_minute:
            raise TooMany(
                _("You have opened too many pages in a short time. Wait a minute and continue."),
                RETRY_AFTER_SECONDS,
            )


def _client_hash(secret: str, counter: str) -> str:
    """Return a keyed hash that identifies the client to a counter: the signed-in user, else the network.

    Many people share a network, so signed-in users are counted separately.
    """
    viewer = current_viewer()
    if viewer.is_signed_in:
        return hashlib.sha256(f"{secret}:{counter}:person {viewer.user_id}".encode()).hexdigest()
    network = network_prefix(str(request.remote_addr))
    return hashlib.sha256(f"{secret}:{counter}:{network}".encode()).hexdigest()
