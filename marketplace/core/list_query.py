"""Search text, filters and order that a user has chosen for a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ListQuery:
    """The choices for one list. A missing filter means all, a missing `sort` the list's own order."""

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """Return the chosen value of a filter, or an empty string."""
        return self.chosen.get(name, "")

    @property
    def sort(self) -> str:
        """The chosen order, or an empty string."""
        return self["sort"]

    @property
    def is_narrowed(self) -> bool:
        """True if a search text or a filter may leave items out."""
        return bool(self.text) or any(name != "sort" for name in self.chosen)


EVERYTHING = ListQuery()
