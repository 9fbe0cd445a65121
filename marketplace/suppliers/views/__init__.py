"""Pages of this feature."""

from marketplace.suppliers.views import applying, belonging, desk, directory, profile, second_look
from marketplace.suppliers.views.base import blueprint

__all__ = ["applying", "belonging", "blueprint", "desk", "directory", "profile", "second_look"]
