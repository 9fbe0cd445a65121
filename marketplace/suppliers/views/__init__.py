"""Pages where a supplier edits its profile."""

from marketplace.suppliers.views import images, profile
from marketplace.suppliers.views.base import blueprint
