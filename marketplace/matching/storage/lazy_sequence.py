"""Sequences that say only what stands in one place; slices of them are lists."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class LazySequence(Sequence[T]):
    """A sequence of which one defines `__len__` and `at`."""

    @abstractmethod
    def at(self, index: int) -> T:
        """Return what stands in a place, from 0 to before the end."""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """Return what stands in one place, counted from the end when below 0, or in some."""
        if isinstance(index, int) and 0 <= index < len(self):
            return self.at(index)  # the common case
        positions = range(len(self))[index]
        return self.at(positions) if isinstance(positions, int) else [self.at(i) for i in positions]
