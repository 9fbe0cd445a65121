"""Pages of the public directory."""

from marketplace.directory.views import garden_suppliers, images, search, supplier_page
from marketplace.directory.views.base import blueprint
