"""Pages for applying and vetting."""

from marketplace.vetting.views import applying, dashboard, profile, second_reviews, transfers
from marketplace.vetting.views.base import blueprint

__all__ = ["applying", "blueprint", "dashboard", "profile", "second_reviews", "transfers"]
