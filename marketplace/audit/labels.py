"""Readable names of recorded actions and of the kinds of objects.

A model declares those that are about it in `__audit_names__`.
"""

import re
from functools import cache
from typing import Any

from marketplace.core.database import Base
from marketplace.core.i18n import lazy_gettext as _

WITHOUT_MODEL = {
    "region": _("Region"),
    "key": _("Encryption key"),
    "table": _("Table"),
    "database": _("Database"),
    "casework.delete": _("Deleted the notes and tasks about a company"),
    "demo.fill": _("Filled the database with demo data"),
    "directory.learn": _("Updated the search index"),
    "privacy.delete_old": _("Deleted old data"),
    "region.import": _("Set up the region from a file"),
}
"""Names of actions and kinds of objects that no model is about."""


@cache
def _names() -> dict[str, Any]:
    declared = {
        code: name
        for mapper in Base.registry.mappers
        for code, name in vars(mapper.class_).get("__audit_names__", {}).items()
    }
    return WITHOUT_MODEL | declared


def action_names() -> dict[str, Any]:
    """Return the names of all actions by code. Codes that end in a number, such as "brief.remind_7", are without it."""
    return {code: name for code, name in _names().items() if "." in code}


def object_names() -> dict[str, Any]:
    """Return the names of the kinds of objects by code."""
    return {code: name for code, name in _names().items() if "." not in code}


def action_label(action: str) -> str:
    """Return the name of an action in the user's language, or its code if it is unknown."""
    return str(_names().get(re.sub(r"_[0-9]+$", "", action), action))


def object_label(object_type: str) -> str:
    """Return the name of a kind of object in the user's language, or its code if it is unknown."""
    return str(_names().get(object_type, object_type))
