"""Run a concurrent change between a read and the write that depends on it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from marketplace.core.database import db, session


@contextmanager
def interleave(app: Flask, read: str, act: Callable[[], Any]) -> Iterator[None]:
    """Run `act` in another thread, once, as soon as a statement that contains `read` has been executed in the block.

    Rows that the test has added are committed before, and reloaded after. An exception of `act` is raised at the end
    of the block. Fails if no such statement is executed.
    """
    session.commit()
    waiting, failed = [act], []

    def run(function: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                function()
            except BaseException as error:  # noqa: BLE001 because it is raised again in the test's thread
                failed.append(error)
            finally:
                session.remove()

    def run_after(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if waiting and read in statement:
            thread = threading.Thread(target=run, args=(waiting.pop(),))
            thread.start()
            thread.join(60)

    event.listen(db.engine, "after_cursor_execute", run_after)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", run_after)
        session.rollback()
        session.expire_all()
    if failed:
        raise failed[0]
    assert not waiting, f"no statement contains {read!r}"
