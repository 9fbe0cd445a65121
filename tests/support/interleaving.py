"""Somebody else acts, from beginning to end, between what is read and what is done about it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from marketplace.core.database import db, session


@contextmanager
def interleave(app: Flask, read: str, act: Callable[[], Any]) -> Iterator[None]:
    """In the block, do an act in a thread of its own as soon as a statement with these words has read its rows.

    Rows that the test has added are committed before, and read anew after. What the act raises, the block raises.
    """
    session.commit()
    waiting, failed = [act], []

    def run(one: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                one()
            except BaseException as error:  # noqa: BLE001 because it is raised again where the test sees it
                failed.append(error)
            finally:
                session.remove()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if waiting and read in statement:
            thread = threading.Thread(target=run, args=(waiting.pop(),))
            thread.start()
            thread.join(60)

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", note)
        session.rollback()
        session.expire_all()
    if failed:
        raise failed[0]
    assert not waiting, f"nothing was read with the words {read!r}"
