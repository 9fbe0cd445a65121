"""Hooks: a lower-level package declares one, and higher-level packages register callbacks on it.

All registrations are listed in `marketplace/hook_registration.py`, so that none depends on which modules happen to be
imported.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

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
