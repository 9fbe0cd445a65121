"""What features above this one show beside a supplier's page: they say so here, once, when they are loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.viewer import Viewer


@dataclass(frozen=True)
class Block:
    """Something to show beside a supplier's page: a template, and what it needs as `block_values`."""

    template: str
    values: Mapping[str, Any]


BlockMaker = Callable[[Viewer, int], Block | None]
_blocks: dict[str, BlockMaker] = {}


def hang(name: str, make: BlockMaker) -> None:
    """Show something beside a supplier's page; the maker answers None to those who may not see it."""
    _blocks[name] = make


def blocks(viewer: Viewer, supplier_id: int) -> list[Block]:
    """Return what the features above show a viewer beside a supplier's page."""
    made = [make(viewer, supplier_id) for make in _blocks.values()]
    return [block for block in made if block is not None]
