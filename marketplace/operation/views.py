"""Endpoints for monitoring: liveness, health, readiness and metrics."""

import hmac
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
    faults = {name: status for name, status in parts.items() if status != health.OK}
    answer = jsonify(status="failing" if faults else "ok", parts=dict(parts))
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if faults else 200


def _health_checks() -> dict[str, str]:
    parts = {"database": health.check_database(), "disk": health.check_disk(current_app.config["SETTINGS"])}
    return parts | {"mail": health.check_mail()}


@blueprint.get("/livez")
@access.public
def livez() -> Answer:
    """Return 200 while the process responds. For process supervisors."""
    return _status_response({})


@blueprint.get("/healthz")
@access.public
def healthz() -> Answer:
    """Check database, disk and e-mail. For monitoring."""
    return _status_response(_health_checks())


@blueprint.get("/readyz")
@access.public
def readyz() -> Answer:
    """Check everything that users need, including the schema version and the worker. For deployments."""
    is_newest: Callable[[], bool] = current_app.extensions["schema_is_newest"]
    return _status_response(
        _health_checks() | {"schema": health.check_schema(is_newest), "worker": health.check_worker()}
    )


@blueprint.get("/metrics")
@access.public
def metrics_page() -> Response:
    """Return the metrics of all processes. Without permission, the page does not exist."""
    if not _can_read_metrics(current_app.config["SETTINGS"].metrics_token):
        raise NotFound
    http_metrics: HttpMetrics = current_app.extensions["http_metrics"]
    text = http_metrics.exposition(health.gauges())
    return Response(
        text, content_type="text/plain; version=0.0.4; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _can_read_metrics(token: str) -> bool:
    """Return True if the request carries the configured token. Without a configured token, access is denied."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
