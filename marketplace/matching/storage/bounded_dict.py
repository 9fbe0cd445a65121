"""Dictionary used as a cache: it empties itself instead of growing without limit."""

from typing import Any, Self, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedDict(dict[K, V]):
    """Cache of at most `max_size` entries, cleared when a new entry finds it full.

    Reading is a plain dictionary lookup. Keeping no order of use makes hits as fast as possible, and recomputing
    everything once in a while is cheap. Copies and pickles start empty.
    """

    def __init__(self, max_size: int) -> None:
        super().__init__()
        self.max_size = max_size

    def __setitem__(self, key: K, value: V) -> None:
        """Store a value, clearing the cache first if it is full."""
        if len(self) >= self.max_size:
            self.clear()
        super().__setitem__(key, value)

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """Pickle the size without the entries."""
        return type(self), (self.max_size,)
