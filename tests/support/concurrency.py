"""Many people at the same moment: acts that begin together in threads of their own."""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from marketplace.core.database import session
from marketplace.core.errors import MarketplaceError
from marketplace.core.i18n import use_locale


def run_concurrently(app: Flask, act: Callable[[int], Any], count: int = 12) -> list[Any]:
    """Run an act in many threads that start together; return what each came to: its result, "done" or its error.

    Rows that the test has added are committed before, and read anew after.
    """
    session.commit()
    start, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        with app.app_context(), use_locale("nb"):
            start.wait()
            try:
                results[number] = act(number) or "done"
            except MarketplaceError as error:
                results[number] = error
            finally:
                session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.rollback()
    session.expire_all()
    return results
