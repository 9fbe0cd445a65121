"""Access of business gardens to the strategies that companies share, with comments and reviews."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, and_, bindparam, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.database import load_locked, prepared, session
from marketplace.core.errors import NotFound, or_404
from marketplace.core.grouping import group
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import companies_followed_by, company_for
from marketplace.strategy.models.plan import Strategy, StrategyComment, StrategyReview, StrategyVersion
from marketplace.strategy.queries.plan import strategy_of

MAX_TASKS = 6


def own_strategy(viewer: Viewer) -> Strategy:
    """Return the strategy of the viewer's company. Raises NotFound."""
    return or_404(strategy_of(viewer.organisation_id) if viewer.is_company else None)


def shared_strategy(viewer: Viewer, company_id: int) -> Strategy:
    """Return a strategy that is shared with the viewer's garden. Raises NotFound."""
    company = company_for(viewer, company_id)
    strategy = strategy_of(company.id)
    if strategy is None or strategy.shared_at is None:
        raise NotFound
    return strategy


def readable_strategy(viewer: Viewer, company_id: int | None = None) -> Strategy:
    """Return the strategy of the viewer's company or, with the id of a company, one that is shared. Raises NotFound."""
    return own_strategy(viewer) if company_id is None else shared_strategy(viewer, company_id)


def lock_strategy(viewer: Viewer, company_id: int | None = None) -> Strategy:
    """Lock the strategy that `readable_strategy` returns, and check the access once more. Raises NotFound."""
    strategy = readable_strategy(viewer, company_id)
    locked = load_locked(select(Strategy).where(Strategy.id == strategy.id))
    if locked is None or (company_id is not None and locked.shared_at is None):
        raise NotFound
    return locked


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with the name of the organisation whose member wrote it."""

    row: StrategyComment
    organisation: str

    @property
    def is_open(self) -> bool:
        """True until the comment is resolved."""
        return self.row.resolved_at is None


_COMMENTS = prepared(
    select(StrategyComment, Organisation.name)
    .join(Organisation, Organisation.id == StrategyComment.organisation_id)
    .where(StrategyComment.strategy_id == bindparam("strategy_id"))
    .options(joinedload(StrategyComment.by), selectinload(StrategyComment.by_garden))
    .order_by(StrategyComment.at, StrategyComment.id)
)
_COMMENTS_OF_SECTION = prepared(_COMMENTS.where(StrategyComment.section == bindparam("section")))


def comments_of(strategy: Strategy, section: str | None = None) -> dict[str, list[Comment]]:
    """Return the comments on a strategy by section, oldest first."""
    query, params = (_COMMENTS, {}) if section is None else (_COMMENTS_OF_SECTION, {"section": section})
    return group(
        (row.section, Comment(row, organisation))
        for row, organisation in session.execute(query, {"strategy_id": strategy.id, **params})
    )


@dataclass(frozen=True, slots=True)
class SectionComments:
    """Comments on a section of the viewer's own strategy, for the page on which the section is written."""

    section: str
    is_shared: bool
    comments: Sequence[Comment]

    @property
    def unresolved(self) -> list[Comment]:
        """The comments that nobody has resolved."""
        return [comment for comment in self.comments if comment.is_open]


def section_comments(strategy: Strategy | None, section: str) -> SectionComments:
    """Return the comments on a section of a strategy that the viewer may read; none without a strategy."""
    if strategy is None:
        return SectionComments(section, is_shared=False, comments=())
    comments = comments_of(strategy, section).get(section, [])
    return SectionComments(section, strategy.shared_at is not None, comments)


def comment_on(strategy: Strategy, comment_id: int) -> StrategyComment:
    """Return a comment on a strategy. Raises NotFound."""
    comment = session.get(StrategyComment, comment_id)
    if comment is None or comment.strategy_id != strategy.id:
        raise NotFound
    return comment


_REVIEWS = prepared(
    select(StrategyReview)
    .where(StrategyReview.strategy_id == bindparam("strategy_id"))
    .options(
        joinedload(StrategyReview.version).defer(StrategyVersion.content),
        joinedload(StrategyReview.asked_by),
        joinedload(StrategyReview.answered_by),
    )
    .order_by(StrategyReview.asked_at.desc(), StrategyReview.id.desc())
)


def count_open_comments(strategy: Strategy) -> dict[str, int]:
    """Count the unresolved comments of gardens on a company's strategy, by section."""
    query = select(StrategyComment.section, func.count()).where(
        StrategyComment.strategy_id == strategy.id,
        StrategyComment.resolved_at.is_(None),
        StrategyComment.organisation_id != strategy.company_id,
    )
    return dict(session.execute(query.group_by(StrategyComment.section)).all())


def count_comments(strategy: Strategy) -> int:
    """Count the comments on a strategy."""
    query = select(func.count()).where(StrategyComment.strategy_id == strategy.id)
    return session.scalar(query) or 0


def newest_version(strategy: Strategy) -> StrategyVersion | None:
    """Return the newest version of a strategy, or None before the first save."""
    query = select(StrategyVersion).where(StrategyVersion.strategy_id == strategy.id)
    return session.scalar(query.order_by(StrategyVersion.number.desc()).limit(1))


def reviews_of(strategy: Strategy) -> Sequence[StrategyReview]:
    """Return the reviews of a strategy with their versions and people, newest first."""
    return session.scalars(_REVIEWS, {"strategy_id": strategy.id}).all()


def first_pending_review(reviews: Sequence[StrategyReview]) -> StrategyReview | None:
    """Return the first of some reviews that waits for an answer, or None."""
    return next((review for review in reviews if review.answered_at is None), None)


def pending_review(strategy: Strategy) -> StrategyReview | None:
    """Return the request for review that waits for an answer, or None."""
    query = select(StrategyReview).where(
        StrategyReview.strategy_id == strategy.id, StrategyReview.answered_at.is_(None)
    )
    return session.scalar(query.options(joinedload(StrategyReview.version)))


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A request for review that waits for a garden."""

    company_id: int
    company: str
    asked_at: dt.datetime


def is_review_pending() -> ColumnElement[bool]:
    """Build the SQL condition that a shared strategy has a request for review that is not answered."""
    request = exists().where(StrategyReview.strategy_id == Strategy.id, StrategyReview.answered_at.is_(None))
    return and_(Strategy.shared_at.is_not(None), request)


_ASKED = prepared(
    select(Organisation.id, Organisation.name, StrategyReview.asked_at)
    .join(Strategy, Strategy.company_id == Organisation.id)
    .join(StrategyReview, StrategyReview.strategy_id == Strategy.id)
    .where(
        Strategy.company_id.in_(companies_followed_by(bindparam("garden_id", type_=Integer()))),
        Strategy.shared_at.is_not(None),
        StrategyReview.answered_at.is_(None),
    )
    .order_by(StrategyReview.asked_at, Organisation.id)
    .limit(MAX_TASKS)
)


def pending_review_requests(garden_id: int) -> list[ReviewRequest]:
    """Return the requests for review that a garden has not answered, oldest first."""
    return [ReviewRequest(*row) for row in session.execute(_ASKED, {"garden_id": garden_id})]
