"""Pages of finance."""

from marketplace.finance.views.base import blueprint

__all__ = ["blueprint"]
