"""Progress of companies in the procurement guide and their strategy, without any text that they have written."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from marketplace.briefs.guide.questions import load
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief
from marketplace.core.database import session
from marketplace.core.taxonomy import sectors
from marketplace.programme.models.sessions import CourseSession
from marketplace.programme.queries.attendance import attendance_list, attended_by
from marketplace.strategy.completeness import StrategyPhase
from marketplace.strategy.queries.plan import reached_phases


@dataclass(frozen=True, slots=True)
class Progress:
    """A company as the lecturer sees it. `topics` is None without a brief, and `strategy` is None without a strategy."""

    company_name: str
    sector: str
    attended: int
    topics: int | None
    strategy: StrategyPhase | None

    @property
    def has_finished(self) -> bool:
        """True if all topics of the guide are confirmed and the strategy has reached the last phase."""
        return self.topics == count_topics() and self.strategy is StrategyPhase.COMPLETE


def progress_of_cohort(course_session: CourseSession) -> list[Progress]:
    """Return the progress of the companies on the list of a session, by name."""
    participations = [row.participation for row in attendance_list(course_session).rows]
    attended = attended_by([one.id for one in participations])
    company_ids = [one.company_id for one in participations if one.company_id]
    topics, strategies = _confirmed_topics(company_ids), reached_phases(company_ids)
    return [
        Progress(
            one.company_name,
            sectors()[one.sector_code].label if one.sector_code in sectors() else "",
            attended.get(one.id, 0),
            topics.get(one.company_id or 0),
            strategies.get(one.company_id or 0),
        )
        for one in participations
    ]


def _confirmed_topics(company_ids: Sequence[int]) -> dict[int, int]:
    """Return the number of confirmed topics of each company's furthest brief, by company."""
    query = select(Brief.company_id, Brief.confirmed_topics).where(
        Brief.company_id.in_(company_ids), Brief.state != BriefState.DELETED
    )
    most: dict[int, int] = {}
    for company_id, confirmed in session.execute(query):
        most[company_id] = max(most.get(company_id, 0), len(confirmed))
    return most


def count_topics() -> int:
    """Return the number of topics of the guide."""
    return len(load().topics)
