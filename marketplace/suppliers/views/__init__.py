"""Pages of this feature."""

from marketplace.suppliers.views import applying, desk, directory, profile
from marketplace.suppliers.views.base import blueprint

__all__ = ["applying", "blueprint", "desk", "directory", "profile"]
