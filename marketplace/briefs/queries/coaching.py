"""A draft before it is sent: what stops it, what would make it better, and how good it is."""

from dataclasses import dataclass

from marketplace.briefs import coach, guide
from marketplace.briefs.coach import Advice, Quality
from marketplace.briefs.guide import Gap
from marketplace.briefs.models import BriefReview
from marketplace.briefs.queries.briefs import BriefView
from marketplace.briefs.queries.reviews import last_review
from marketplace.core import clock


@dataclass(frozen=True)
class Checkup:
    """What the check page says of a draft."""

    brief_view: BriefView
    stops: list[Advice]
    gaps: list[Gap]
    remarks: list[Advice]
    quality: Quality
    review: BriefReview | None

    @property
    def ready(self) -> bool:
        """Say whether nothing but the company's own word is wanting."""
        return not self.stops and not self.gaps

    @property
    def topic_of(self) -> dict[str, str]:
        """Return the topic that each question stands in."""
        return {question.code: question.topic for question in self.brief_view.guide}


def checkup(brief_view: BriefView) -> Checkup:
    """Look through a draft as it counts today. A gap that is also a hard stop is told once, as the stop."""
    today = clock.today()
    stops = coach.hard_stops(brief_view.guide, brief_view.answers, today, confirmed=True)
    told = {stop.question for stop in stops}
    gaps = [
        gap
        for gap in guide.find_gaps(brief_view.guide, brief_view.answers, today)
        if gap.question.code not in told
    ]
    return Checkup(
        brief_view,
        stops,
        gaps,
        coach.remarks(brief_view.guide, brief_view.answers),
        coach.quality(brief_view.guide, brief_view.answers),
        last_review(brief_view.brief),
    )
