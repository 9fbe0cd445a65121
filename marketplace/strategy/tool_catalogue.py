"""Catalogue of digital tools for small companies, and the states of a tool in a company's plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from marketplace.core.i18n import LocalizedText, lazy_gettext as _, localized
from marketplace.data import load_yaml

MAX_CONFIDENCE = 4


class ToolState(StrEnum):
    """How a company uses a tool."""

    HAVE = "have"
    LEARN = "learn"
    IN_USE = "in_use"
    DROP = "drop"


TOOL_STATE_LABELS = {
    ToolState.HAVE: _("We have it, but hardly use it"),
    ToolState.LEARN: _("We want to learn it"),
    ToolState.IN_USE: _("In use"),
    ToolState.DROP: _("We will stop using it"),
}
CONFIDENCE_LABELS = {
    0: _("0: have never tried it"),
    1: _("1: need help all the time"),
    2: _("2: manage the simplest things"),
    3: _("3: manage most things"),
    4: _("4: can teach it to others"),
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool of the catalogue. `code` is permanent; `services` are services of the taxonomy that it belongs to."""

    code: str
    kind: str
    names: Mapping[str, str]
    price: str
    storage: str
    services: tuple[str, ...]
    purposes: Mapping[str, str]
    audiences: Mapping[str, str]
    starts: Mapping[str, str]

    name = LocalizedText("names")
    purpose = LocalizedText("purposes")
    audience = LocalizedText("audiences")
    start = LocalizedText("starts")


@dataclass(frozen=True, slots=True)
class ToolCatalogue:
    """Tools by code in order, and the labels of kinds, price classes and places of storage."""

    tools: Mapping[str, Tool]
    kinds: Mapping[str, Mapping[str, str]]
    prices: Mapping[str, Mapping[str, str]]
    storages: Mapping[str, Mapping[str, str]]

    def by_kind(self) -> list[tuple[str, list[Tool]]]:
        """Return the tools of each kind, with the name of the kind in the current language."""
        return [
            (localized(labels), [tool for tool in self.tools.values() if tool.kind == kind])
            for kind, labels in self.kinds.items()
        ]

    def price(self, tool: Tool) -> str:
        """Return the price class of a tool in the current language."""
        return localized(self.prices[tool.price])

    def storage(self, tool: Tool) -> str:
        """Return where a tool stores data, in the current language."""
        return localized(self.storages[tool.storage])


@cache
def tool_catalogue() -> ToolCatalogue:
    """Load the catalogue of tools."""
    data = load_yaml("tools.yaml")
    tools = [
        Tool(
            row["code"],
            row["kind"],
            row["name"] if isinstance(row["name"], dict) else {"nb": row["name"]},
            row["price"],
            row["storage"],
            tuple(row["services"]),
            row["purpose"],
            row["audience"],
            row["start"],
        )
        for row in data["tools"]
    ]
    return ToolCatalogue({tool.code: tool for tool in tools}, data["kinds"], data["prices"], data["storage"])


def tool_name(code: str) -> str:
    """Return the name of a tool; an unknown code is its own name."""
    tool = tool_catalogue().tools.get(code)
    return tool.name if tool else code
