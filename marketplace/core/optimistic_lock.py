"""Optimistic locking: fingerprint the values a form was rendered with; refuse to save if they have changed."""

import dataclasses
import hashlib
import json
from collections.abc import Callable

from marketplace.core.errors import Conflict
from marketplace.core.i18n import gettext as _


def fingerprint(values: object) -> str:
    """Return a short hash of plain values: a dataclass or anything JSON can represent; dates are hashed as text."""
    plain = dataclasses.asdict(values) if dataclasses.is_dataclass(values) else values  # type: ignore[arg-type]  # because no class is given, only instances
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check_unchanged(
    expected: str | None, current: object, submitted: object, *, is_own_change: Callable[[], bool]
) -> None:
    """Refuse the save if the values have changed since the form was rendered. Raises Conflict.

    Two people who save the same values do not conflict. Without an expected fingerprint nothing is checked. Call it
    inside the transaction, with the row locked. `is_own_change` tells whether the viewer made the latest change; it
    is called only for the message of a conflict.
    """
    if expected and expected != fingerprint(current) and fingerprint(current) != fingerprint(submitted):
        if is_own_change():
            raise Conflict(
                _(
                    "You have saved this in another window since you opened the page. Your text is still here. Compare it with the current version, then save again to replace it."
                )
            )
        raise Conflict(
            _(
                "Someone else has saved this since you opened the page. Your text is still here. Compare it with the current version, then save again to replace it."
            )
        )
