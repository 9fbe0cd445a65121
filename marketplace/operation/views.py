"""Pages for machines: is it alive, is it ready, how much does it do."""

import hmac
import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, jsonify, request
from werkzeug.wrappers import Response

from marketplace.core.errors import NotFound
from marketplace.operation import health
from marketplace.web import access

if TYPE_CHECKING:
    from marketplace.operation.metrics import HttpMetrics

blueprint = Blueprint("operation", __name__)
Answer = tuple[Response, int]


def _status_response(parts: Mapping[str, str]) -> Answer:
    wrong = {name: said for name, said in parts.items() if said != health.OK}
    answer = jsonify(status="failing" if wrong else "ok", parts=dict(parts))
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if wrong else 200


def _health_checks() -> dict[str, str]:
    parts = {"database": health.check_database(), "disk": health.check_disk(current_app.config["SETTINGS"])}
    return parts | {"mail": health.check_mail()}


@blueprint.get("/livez")
@access.public
def livez() -> Answer:
    """Say that the process answers, and nothing else: for whoever restarts it."""
    return _status_response({})


@blueprint.get("/healthz")
@access.public
def healthz() -> Answer:
    """Say whether database, disk and mail are as they must be: for whoever watches."""
    return _status_response(_health_checks())


@blueprint.get("/readyz")
@access.public
def readyz() -> Answer:
    """Say whether all is ready for people: also the newest tables, and a worker that is alive."""
    is_newest: Callable[[], bool] = current_app.extensions["schema_is_newest"]
    return _status_response(
        _health_checks() | {"schema": health.check_schema(is_newest), "worker": health.check_worker()}
    )


@blueprint.get("/metrics")
@access.public
def metrics_page() -> Response:
    """Tell Prometheus what all processes have done together. Without the right to know, there is no such page."""
    if not _may_read(current_app.config["SETTINGS"].metrics_token):
        raise NotFound
    http_metrics: HttpMetrics = current_app.extensions["http_metrics"]
    text = http_metrics.exposition(health.gauges())
    return Response(
        text, content_type="text/plain; version=0.0.4; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _may_read(token: str) -> bool:
    """With a token set, ask for it; without one, answer nobody but this machine, and no proxy on it."""
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
