"""Hooks: a lower-level package declares one, and higher-level packages register callbacks on it.

All registrations are listed in `marketplace/hook_registration.py`, so that none depends on which modules happen to be
imported.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Callback = TypeVar("Callback")


class Hook(Generic[Callback]):
    """Callbacks by name, called in the order of registration."""

    def __init__(self) -> None:
        self._callbacks: dict[str, Callback] = {}

    def register(self, name: str, callback: Callback) -> None:
        """Add a callback. A second registration under the same name replaces the first."""
        self._callbacks[name] = callback

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the registered callbacks."""
        return tuple(self._callbacks)

    def __getitem__(self, name: str) -> Callback:
        """Return the callback with a name. Raises KeyError."""
        return self._callbacks[name]

    def __iter__(self) -> Iterator[Callback]:
        return iter(self._callbacks.values())


@dataclass(frozen=True)
class Panel:
    """A part of a page of a lower-level package: a template, and the values that it reads as `panel_values`."""

    template: str
    values: Mapping[str, Any]


AnyPanel = TypeVar("AnyPanel", bound=Panel)


def build_panels(hook: Iterable[Callable[..., AnyPanel | None]], *args: object) -> list[AnyPanel]:
    """Build the panels of a hook. A callback returns None if the viewer may not see its panel, or it would be empty."""
    panels = [build(*args) for build in hook]
    return [panel for panel in panels if panel is not None]
