"""Ids of the rows that were ticked in a list, carried through the pages of a bulk action."""

from collections.abc import Iterable

from flask import request

from marketplace.core.identifiers import parse_id

MAX_CHOSEN = 2000


def chosen_ids() -> list[int]:
    """Return the ids of the ticked rows; on later pages of the action, the ids in the field `chosen`.

    Text that is not an id is ignored.
    """
    values = (
        request.form.get("chosen", "").split(",") if request.method == "POST" else request.args.getlist("id")
    )
    return sorted(set(_parse_ids(values)))


def submitted_ids(name: str) -> list[int]:
    """Return the ids in a repeated field of the submitted form. Text that is not an id is ignored."""
    return _parse_ids(request.form.getlist(name))


def _parse_ids(texts: Iterable[str]) -> list[int]:
    ids = (parse_id(text) for text in list(texts)[:MAX_CHOSEN])
    return [row_id for row_id in ids if row_id is not None]
