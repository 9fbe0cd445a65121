"""Pages for applying and vetting."""

from marketplace.vetting.views import (
    applications,
    applying,
    conflicts_of_interest,
    profile,
    second_reviews,
    transfers,
)
from marketplace.vetting.views.base import blueprint

__all__ = [
    "applications",
    "applying",
    "blueprint",
    "conflicts_of_interest",
    "profile",
    "second_reviews",
    "transfers",
]
