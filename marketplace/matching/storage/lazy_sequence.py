"""Sequences that say only what stands in one place; slices of them are lists."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Places(Sequence[T]):
    """A sequence of which one defines `__len__` and `at`."""

    @abstractmethod
    def at(self, place: int) -> T:
        """Return what stands in a place, from 0 to before the end."""

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        """Return what stands in one place, counted from the end when below 0, or in some."""
        if isinstance(place, int) and 0 <= place < len(self):
            return self.at(place)  # as nearly always
        places = range(len(self))[place]
        return self.at(places) if isinstance(places, int) else [self.at(one) for one in places]
