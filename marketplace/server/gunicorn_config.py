"""Gunicorn settings and hooks: load the search index before the server forks, and finish it in the background."""

import gc
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from marketplace.core.database import db, session
from marketplace.operation import logs, metric_files
from marketplace.sourcing.ranking.corpus import load_cached_index, warm

WARM_UP_DELAY_SECONDS = 1.0
GC_THRESHOLD = 10_000
"""Objects created before the youngest generation is collected: a page creates thousands, and nearly all are freed by
their reference counts. With Python's 700, the longest pages were interrupted six times, 0.9 ms in all."""
logconfig_dict = logs.configuration(
    as_json=os.environ.get("PRODUCTION", "").lower() in {"1", "true", "yes", "on"}
)
worker_class = "marketplace.server.gunicorn_worker.Worker"
logger = logging.getLogger(__name__)
ready_callbacks: list[Callable[[], None]] = []
"""Called once the server accepts connections; running them earlier would delay the start."""


def on_starting(server: Any) -> None:
    """Load the cached search index before forking, so that the worker processes share its memory.

    An index that is not cached on disk is built later: that is slow, and most pages do not need it.
    """
    if server.cfg.preload_app:
        app = server.app.wsgi()
        gc.disable()  # nearly all new objects are permanent; collecting garbage would take a tenth of the time
        _build_index(app, load_cached_index)
        gc.enable()
        with app.app_context():
            db.engine.dispose()  # connections must not be shared by forked processes


def when_ready(_server: Any) -> None:
    """Start the callbacks registered by the `serve` command."""
    for callback in ready_callbacks:
        callback()


def child_exit(_server: Any, worker: Any) -> None:
    """Clean up the metrics of a worker process that has ended."""
    metric_files.mark_process_dead(worker.pid)


def post_worker_init(worker: Any) -> None:
    """Finish the index in the background, after the first waiting requests have been answered."""
    gc.set_threshold(GC_THRESHOLD)

    def warm_up() -> None:
        time.sleep(WARM_UP_DELAY_SECONDS)
        _build_index(worker.app.wsgi(), warm)

    threading.Thread(target=warm_up, daemon=True).start()


def _build_index(app: Any, build: Callable[[], None]) -> None:
    try:
        with app.app_context():
            build()
            session.remove()
        # The index is many small, permanent objects. Exclude them from garbage collection: traversing them took
        # 0.15 s in the middle of a request.
        if gc.isenabled():
            gc.collect()
        gc.freeze()
    except Exception:
        logger.exception("The index could not be built in advance; the first request builds it.")
