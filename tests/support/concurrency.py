"""Run a function concurrently in several threads."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from marketplace.core.database import session
from marketplace.core.errors import MarketplaceError
from marketplace.core.i18n import use_locale


def run_concurrently(app: Flask, act: Callable[[int], Any], count: int = 12) -> list[Any]:
    """Call a function with 0 to count - 1 in threads that start together.

    Returns a list with each call's result ("done" if it is empty) or the MarketplaceError it raised. Rows that the
    test has added are committed before, and reloaded after.
    """
    session.commit()
    start, results = threading.Barrier(count), [None] * count

    def run(index: int) -> None:
        with app.app_context(), use_locale("nb"):
            start.wait()
            try:
                results[index] = act(index) or "done"
            except MarketplaceError as error:
                results[index] = error
            finally:
                session.remove()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.rollback()
    session.expire_all()
    return results
