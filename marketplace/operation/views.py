"""Pages for machines: is it alive, is it ready, how much does it do."""

import hmac
import ipaddress
from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, jsonify, request
from werkzeug.wrappers import Response

from marketplace.core.errors import NotFound
from marketplace.operation import health, metrics
from marketplace.web import access

blueprint = Blueprint("operation", __name__)
Answer = tuple[Response, int]


def _told(parts: Mapping[str, str]) -> Answer:
    wrong = {name: said for name, said in parts.items() if said != health.OK}
    answer = jsonify(status="failing" if wrong else "ok", parts=dict(parts))
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if wrong else 200


def _found() -> dict[str, str]:
    parts = {"database": health.database(), "disk": health.disk(current_app.config["SETTINGS"])}
    return parts | {"mail": health.mail()}


@blueprint.get("/livez")
@access.public
def alive() -> Answer:
    """Say that the process answers, and nothing else: for whoever restarts it."""
    return _told({})


@blueprint.get("/healthz")
@access.public
def healthy() -> Answer:
    """Say whether database, disk and mail are as they must be: for whoever watches."""
    return _told(_found())


@blueprint.get("/readyz")
@access.public
def ready() -> Answer:
    """Say whether all is ready for people: also the newest tables, and a worker that is alive."""
    is_newest: Callable[[], bool] = current_app.extensions["schema_is_newest"]
    return _told(_found() | {"schema": health.schema(is_newest), "worker": health.worker()})


@blueprint.get("/metrics")
@access.public
def numbers() -> Response:
    """Tell Prometheus what all processes have done together. Without the right to know, there is no such page."""
    if not _may_read(current_app.config["SETTINGS"].metrics_token):
        raise NotFound
    counters: metrics.Counters = current_app.extensions["counters"]
    text = metrics.exposition(counters.total(), health.gauges())
    return Response(text, mimetype="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})


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
