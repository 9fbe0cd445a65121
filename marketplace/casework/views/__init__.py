"""Pages of casework."""

from marketplace.casework.views.base import blueprint

__all__ = ["blueprint"]
