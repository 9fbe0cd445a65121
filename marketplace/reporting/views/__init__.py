"""Pages of reporting."""

from marketplace.reporting.views.base import blueprint

__all__ = ["blueprint"]
