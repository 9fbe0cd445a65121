"""Check of a draft before publication: blockers, answer problems, suggestions and quality."""

from dataclasses import dataclass

from marketplace.briefs import coach, guide
from marketplace.briefs.coach import Advice, Quality
from marketplace.briefs.guide import AnswerProblem
from marketplace.briefs.models import BriefReview
from marketplace.briefs.queries.briefs import BriefView
from marketplace.briefs.queries.reviews import PublicationWait, last_review, publication_wait
from marketplace.core import clock


@dataclass(frozen=True)
class DraftCheck:
    """Result of the check of a draft, as shown on the check page."""

    brief_view: BriefView
    blockers: list[Advice]
    answer_problems: list[AnswerProblem]
    suggestions: list[Advice]
    quality: Quality
    review: BriefReview | None
    wait: PublicationWait | None

    @property
    def is_ready(self) -> bool:
        """True if only the company's confirmation is missing."""
        return not self.blockers and not self.answer_problems

    @property
    def topic_of(self) -> dict[str, str]:
        """Topic code of each question."""
        return {question.code: question.topic for question in self.brief_view.guide}


def draft_check(brief_view: BriefView) -> DraftCheck:
    """Check a draft. A problem that is also a blocker is listed only as a blocker."""
    today = clock.today()
    blockers = coach.find_blockers(brief_view.guide, brief_view.answers, today, confirmed=True)
    blocked = {blocker.question for blocker in blockers}
    answer_problems = [
        problem
        for problem in guide.find_answer_problems(brief_view.guide, brief_view.answers, today)
        if problem.question.code not in blocked
    ]
    return DraftCheck(
        brief_view,
        blockers,
        answer_problems,
        coach.find_suggestions(brief_view.guide, brief_view.answers),
        coach.quality(brief_view.guide, brief_view.answers),
        last_review(brief_view.brief),
        publication_wait(brief_view.brief, brief_view.phase),
    )
