"""What gunicorn does beside serving: the index is ready before anyone waits for it."""

import gc
import logging
import os
import threading
from typing import Any

from marketplace.core.database import db, session
from marketplace.operation import logs
from marketplace.sourcing.corpus import warm

logconfig_dict = logs.configuration(
    as_json=os.environ.get("PRODUCTION", "").lower() in {"1", "true", "yes", "on"}
)
worker_class = "marketplace.gunicorn_worker.Worker"
logger = logging.getLogger(__name__)


def on_starting(server: Any) -> None:
    """Get the index ready before the processes are made, so that it is read once and they share it.

    One that is not kept on disk is learnt later: that takes long, and pages that need none should not wait for it.
    """
    if server.cfg.preload_app:
        app = server.app.wsgi()
        gc.disable()  # nearly all that is made now stays: looking for what does not takes a tenth of the time
        _warm(app, learn=False)
        gc.enable()
        with app.app_context():
            db.engine.dispose()  # each process opens connections of its own


def post_worker_init(worker: Any) -> None:
    """Build the index in the background, so that the first visitor does not pay for it."""
    threading.Thread(target=_warm, args=(worker.app.wsgi(),), kwargs={"learn": True}, daemon=True).start()


def _warm(app: Any, *, learn: bool) -> None:
    try:
        with app.app_context():
            warm(learn=learn)
            session.remove()
        # The index is many small objects that live as long as the process. The collector leaves them out from now
        # on: walking them all took 0.15 s, in the middle of somebody's page.
        if gc.isenabled():
            gc.collect()
        gc.freeze()
    except Exception:
        logger.exception("The index could not be built ahead; the first request builds it.")
