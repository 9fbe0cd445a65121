"""What gunicorn does beside serving: each process gets its index ready before anyone waits for it."""

import logging
import threading
from typing import Any

from marketplace.core.database import session
from marketplace.sourcing.corpus import warm

logger = logging.getLogger(__name__)


def post_worker_init(worker: Any) -> None:
    """Build the index in the background, so that the first visitor does not pay for it."""
    threading.Thread(target=_warm, args=(worker.app.wsgi(),), daemon=True).start()


def _warm(app: Any) -> None:
    try:
        with app.app_context():
            warm()
            session.remove()
    except Exception:
        logger.exception("The index could not be built ahead; the first request builds it.")
