"""Gunicorn hooks: the index is ready before anyone waits for it."""

import gc
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from marketplace.core.database import db, session
from marketplace.operation import logs, metric_files
from marketplace.sourcing.corpus import read_kept, warm

WARM_UP_DELAY_SECONDS = 1.0
logconfig_dict = logs.configuration(
    as_json=os.environ.get("PRODUCTION", "").lower() in {"1", "true", "yes", "on"}
)
worker_class = "marketplace.server.gunicorn_worker.Worker"
logger = logging.getLogger(__name__)
ready_callbacks: list[Callable[[], None]] = []
"""What begins when the address answers: on a machine of two processors it would slow down the start."""


def on_starting(server: Any) -> None:
    """Get the index ready before the processes are made, so that it is read once and they share it.

    One that is not kept on disk is learnt later: that takes long, and pages that need none should not wait for it.
    """
    if server.cfg.preload_app:
        app = server.app.wsgi()
        gc.disable()  # nearly all that is made now stays: looking for what does not takes a tenth of the time
        _build_index(app, read_kept)
        gc.enable()
        with app.app_context():
            db.engine.dispose()  # each process opens connections of its own


def when_ready(_server: Any) -> None:
    """Start the callbacks registered by the `serve` command."""
    for begin in ready_callbacks:
        begin()


def child_exit(_server: Any, worker: Any) -> None:
    """Let the metrics know that a worker process has ended."""
    metric_files.mark_process_dead(worker.pid)


def post_worker_init(worker: Any) -> None:
    """Get the rest ready in the background, when those who waited for the address have got their page."""

    def follow() -> None:
        time.sleep(WARM_UP_DELAY_SECONDS)
        _build_index(worker.app.wsgi(), warm)

    threading.Thread(target=follow, daemon=True).start()


def _build_index(app: Any, make: Callable[[], None]) -> None:
    try:
        with app.app_context():
            make()
            session.remove()
        # The index is many small objects that live as long as the process. The collector leaves them out from now
        # on: walking them all took 0.15 s, in the middle of somebody's page.
        if gc.isenabled():
            gc.collect()
        gc.freeze()
    except Exception:
        logger.exception("The index could not be built ahead; the first request builds it.")
