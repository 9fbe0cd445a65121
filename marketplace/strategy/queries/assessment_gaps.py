"""Suggestions for the gaps of a strategy from low answers in the self-assessment."""

from sqlalchemy import or_, select

from marketplace.core.database import session
from marketplace.core.i18n import localized
from marketplace.core.viewer import Viewer
from marketplace.strategy.assessment_scores import LOW_ANSWER
from marketplace.strategy.models.assessment import Assessment, AssessmentAnswer
from marketplace.strategy.strategy_template import strategy_template


def suggested_gaps(viewer: Viewer) -> tuple[str, ...]:
    """Return a sentence for each low answer of the company's latest self-assessment, the lowest first."""
    if not viewer.is_company:
        return ()
    latest = (
        select(Assessment.id)
        .where(Assessment.company_id == viewer.organisation_id)
        .order_by(Assessment.updated_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(AssessmentAnswer.code, AssessmentAnswer.value)
        .where(
            AssessmentAnswer.assessment_id == latest,
            or_(AssessmentAnswer.value <= LOW_ANSWER, AssessmentAnswer.kind == "unknown"),
        )
        .order_by(AssessmentAnswer.code)
    )
    answers = [(LOW_ANSWER if value is None else value, code) for code, value in session.execute(query)]
    gaps = strategy_template().gaps
    return tuple(localized(gaps[code]) for _value, code in sorted(answers) if code in gaps)
