"""Publishing with a ranking, inviting, and a supplier's yes or no."""

from marketplace.sourcing import jumps
from marketplace.sourcing.use_cases.inviting import decline, invite_suppliers, mark_seen, reconsider
from marketplace.sourcing.use_cases.learning import renew_base
from marketplace.sourcing.use_cases.publishing import amend_brief, publish_brief, rank_brief

__all__ = [
    "amend_brief",
    "decline",
    "invite_suppliers",
    "jumps",
    "mark_seen",
    "publish_brief",
    "rank_brief",
    "reconsider",
    "renew_base",
]
