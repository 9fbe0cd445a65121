"""Comments on the sections of a shared strategy, by the company and the gardens that follow it."""

from marketplace.audit.use_cases import record
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import gettext as _
from marketplace.core.viewer import Viewer
from marketplace.organisations.queries import follower_recipients, recipients_for
from marketplace.outbox.messages import Recipient
from marketplace.outbox.use_cases import send
from marketplace.strategy import notices
from marketplace.strategy.models.plan import Strategy, StrategyComment
from marketplace.strategy.queries import sharing as queries

MAX_COMMENTS = 200
"""Highest number of comments on one strategy."""


def add_comment(viewer: Viewer, company_id: int | None, section: str, text: str) -> None:
    """Add a comment and notify the other party. `company_id` is None when a company comments on its own strategy.

    Raises NotFound, and RuleBroken if the strategy is not shared or has too many comments.
    """
    with transaction():
        strategy = queries.lock_strategy(viewer, company_id)
        if strategy.shared_at is None:
            raise RuleBroken(_("Share the strategy with your business garden before you comment on it."))
        if queries.count_comments(strategy) >= MAX_COMMENTS:
            raise RuleBroken(_("There are too many comments already. Call each other instead."))
        comment = StrategyComment(
            strategy_id=strategy.id,
            section=section,
            text=text,
            by_id=viewer.user_id,
            organisation_id=viewer.organisation_id,
            by_garden_id=viewer.mandate_garden_id,
        )
        session.add(comment)
        session.flush()
        record(viewer, "strategy.comment", "strategy", strategy.id, section=section)
        path = (
            f"{notices.garden_path(strategy.company_id)}#{section}"
            if viewer.is_company
            else f"/plan/comments/{section}"
        )
        notice = notices.comment_added(viewer.organisation_name, strategy.company.name, section, path)
        send(notice, _other_side(viewer, strategy))


def _other_side(viewer: Viewer, strategy: Strategy) -> list[Recipient]:
    """Return the members of the other party, without an adviser who writes for the company."""
    others = (
        follower_recipients(strategy.company) if viewer.is_company else recipients_for(strategy.company_id)
    )
    return [other for other in others if other.user_id != viewer.user_id]


def resolve_comment(viewer: Viewer, company_id: int | None, comment_id: int) -> str:
    """Mark a comment as resolved and return its section. A second call changes nothing. Raises NotFound."""
    with transaction():
        strategy = queries.lock_strategy(viewer, company_id)
        comment = queries.comment_on(strategy, comment_id)
        if comment.resolved_at is None:
            comment.resolved_at = clock.now()
            record(viewer, "strategy.resolve_comment", "strategy", strategy.id, comment=comment.id)
        return comment.section
