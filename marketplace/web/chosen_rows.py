"""Ids of the rows that were ticked in a list, carried through the pages of a bulk action."""

import re

from flask import request

MAX_CHOSEN = 2000
_ID = re.compile(r"[0-9]{1,9}")


def chosen_ids() -> list[int]:
    """Return the ids of the ticked rows, or on later pages those of the form's field `chosen`. Other text is ignored."""
    values = (
        request.form.get("chosen", "").split(",") if request.method == "POST" else request.args.getlist("id")
    )
    return sorted({int(value) for value in values[:MAX_CHOSEN] if _ID.fullmatch(value)})
