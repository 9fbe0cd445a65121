"""Read access to the public directory, the coverage map and the suppliers that may be ranked."""

from marketplace.directory.queries.catalogue_cache import (
    REVISION,
    catalogue,
    directory_fingerprint,
    find_relaxations,
    fingerprint_of,
    search,
)
from marketplace.directory.queries.coverage import coverage, unanswered_searches
from marketplace.directory.queries.garden_suppliers import all_garden_suppliers, garden_suppliers
from marketplace.directory.queries.matchable import MatchableSupplier, matchable_suppliers
from marketplace.directory.queries.supplier_page import supplier_image, supplier_page
