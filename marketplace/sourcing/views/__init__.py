"""Who fits, the kept list, invitations, and open briefs for suppliers."""

from marketplace.sourcing.views import (
    amending,
    answering,
    exposure,
    fit,
    opportunities,
    ranking,
    similar,
    standing,
)
from marketplace.sourcing.views.base import blueprint

__all__ = [
    "amending",
    "answering",
    "blueprint",
    "exposure",
    "fit",
    "opportunities",
    "ranking",
    "similar",
    "standing",
]
