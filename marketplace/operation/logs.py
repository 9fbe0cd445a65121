"""Logging: JSON lines in production, and one line for each request.

A line never holds a query string, body, token or address: the URL rule replaces the path, and ids replace names.
"""

import json
import logging
import logging.config
import secrets
import time
import traceback
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError

from marketplace.web.request import sent_method
from marketplace.web.viewer import current_viewer

logger = logging.getLogger("marketplace.requests")
FIELDS = ("request", "method", "route", "status", "ms", "user", "organisation")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON. Of an exception it logs type and location, never the message."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as a line of JSON."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if "request" not in line and has_request_context():
            line["request"] = g.get("request_id", "")
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["at"] = [
                f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}"
                for f in traceback.extract_tb(error.__traceback__)
            ][-8:]
        return json.dumps(line, ensure_ascii=False, default=str)


def configuration(*, as_json: bool) -> dict[str, Any]:
    """Return the logging configuration: JSON lines from INFO in production, otherwise plain text from WARNING."""
    formatter = {"()": JsonLines} if as_json else {"format": "%(levelname)s %(name)s: %(message)s"}
    level = "INFO" if as_json else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": ["stderr"], "propagate": False},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            "alembic": {"level": "WARNING"},
        },
    }


def configure(*, as_json: bool) -> None:
    """Configure logging."""
    logging.config.dictConfig(configuration(as_json=as_json))


def route_template() -> str:
    """Return the URL rule of the request, which holds no names, tokens or ids."""
    return request.url_rule.rule if request.url_rule else "-"


def register(app: Flask) -> None:
    """Give each request an id, and log it when it is answered."""

    @app.before_request
    def begin() -> None:
        g.request_id, g.request_began = secrets.token_hex(8), time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" not in g:
            begin()
        response.headers["X-Request-ID"] = g.request_id
        milliseconds = (time.perf_counter() - g.request_began) * 1000
        try:
            viewer = current_viewer()
            ids = {"user": viewer.user_id, "organisation": viewer.organisation_id}
        except SQLAlchemyError:
            ids = {"user": None, "organisation": None}
        logger.info(
            "answered",
            extra={
                "request": g.request_id,
                "method": sent_method(),
                "route": route_template(),
                "status": response.status_code,
                "ms": round(milliseconds, 1),
                **ids,
            },
        )
        return response
