"""Who fits, the kept list, invitations, and open briefs for suppliers."""

from marketplace.sourcing.views import answering, exposure, fit, opportunities, ranking, standing
from marketplace.sourcing.views.base import blueprint

__all__ = ["answering", "blueprint", "exposure", "fit", "opportunities", "ranking", "standing"]
