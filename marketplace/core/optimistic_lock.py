"""Marks of what stood when a page was opened, so that a save sees whether somebody has changed it since."""

import dataclasses
import hashlib
import json

from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _


def mark_of(standing: object) -> str:
    """Return a short mark of plain values: a dataclass, or what JSON can hold; dates as text."""
    plain = dataclasses.asdict(standing) if dataclasses.is_dataclass(standing) else standing  # type: ignore[arg-type]  # because no class is given, only what is made of one
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def must_stand(seen: str | None, standing: object, wanted: object) -> None:
    """Raise Conflict when something else stands than the writer saw, unless it is what the writer wants as well.

    Ask inside the transaction, with the row locked. Without a mark nothing is checked.
    """
    if seen and seen != mark_of(standing) and mark_of(standing) != mark_of(wanted):
        raise Conflict(
            _(
                "Someone else has saved this since you opened the page. Your text is still here. Compare it with the current version, then save again to replace it."
            )
        )
