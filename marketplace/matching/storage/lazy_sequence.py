"""Sequences whose items are computed on access; slices are lists."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class LazySequence(Sequence[T]):
    """Sequence base class that only needs `__len__` and `at`."""

    @abstractmethod
    def at(self, index: int) -> T:
        """Return the item at an index from 0 to len - 1."""

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """Return an item, or a list of items for a slice; negative indices count from the end."""
        if isinstance(index, int) and 0 <= index < len(self):
            return self.at(index)  # the common case
        positions = range(len(self))[index]
        return self.at(positions) if isinstance(positions, int) else [self.at(i) for i in positions]
