"""Suppliers as different people may see them."""

from marketplace.suppliers.queries.belonging import (
    has_tie,
    moves,
    other_gardens,
    own_supplier_of_garden,
    suppliers_to_tie,
    ties,
)
from marketplace.suppliers.queries.coverage import Coverage, coverage
from marketplace.suppliers.queries.desk import (
    Application,
    application,
    counts,
    garden_suppliers,
    queue,
    to_read_again,
)
from marketplace.suppliers.queries.directory import catalogue, directory_stamp, loosen, search
from marketplace.suppliers.queries.profiles import (
    Matchable,
    Shown,
    listed,
    matchable_suppliers,
    own_case,
    own_history,
    own_supplier,
    show,
    standing_of,
    ticked_in,
)

__all__ = [
    "Application",
    "Coverage",
    "Matchable",
    "Shown",
    "application",
    "catalogue",
    "counts",
    "coverage",
    "directory_stamp",
    "garden_suppliers",
    "has_tie",
    "listed",
    "loosen",
    "matchable_suppliers",
    "moves",
    "other_gardens",
    "own_case",
    "own_history",
    "own_supplier",
    "own_supplier_of_garden",
    "queue",
    "search",
    "show",
    "standing_of",
    "suppliers_to_tie",
    "ticked_in",
    "ties",
    "to_read_again",
]
