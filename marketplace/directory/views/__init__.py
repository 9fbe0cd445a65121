"""Pages of the public directory."""

from marketplace.directory.views import garden_suppliers, search, supplier_page
from marketplace.directory.views.base import blueprint
