"""Sharing a strategy with the business gardens that follow the company."""

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.contacts import owner_contact
from marketplace.organisations.queries import follower_recipients, following_garden_ids
from marketplace.outbox.use_cases import send
from marketplace.strategy import notices
from marketplace.strategy.queries import sharing as queries


def share_strategy(viewer: Viewer) -> bool:
    """Share the strategy of the viewer's company with its gardens, and notify them; return False if it was shared before.

    Raises RuleBroken if no garden follows the company.
    """
    with transaction():
        strategy = queries.lock_strategy(viewer)
        if strategy.shared_at is not None:
            return False
        if not following_garden_ids(strategy.company):
            raise RuleBroken(
                _(
                    "No business garden follows you yet. Ask one on the page of your company, then share the strategy."
                )
            )
        strategy.shared_at = clock.now()
        company = strategy.company
        notice = notices.strategy_shared(company.name, company.id, owner_contact(company))
        send(notice, follower_recipients(company))
        record(viewer, "strategy.share", "strategy", strategy.id)
        return True


def stop_sharing(viewer: Viewer) -> bool:
    """End the gardens' access to the strategy of the viewer's company; return False if they had none.

    Comments and reviews remain for the company.
    """
    with transaction():
        strategy = queries.lock_strategy(viewer)
        if strategy.shared_at is None:
            return False
        strategy.shared_at = None
        record(viewer, "strategy.stop_sharing", "strategy", strategy.id)
        return True
