"""Pages of this feature."""

from marketplace.suppliers.views import applying, belonging, desk, directory, profile
from marketplace.suppliers.views.base import blueprint

__all__ = ["applying", "belonging", "blueprint", "desk", "directory", "profile"]
