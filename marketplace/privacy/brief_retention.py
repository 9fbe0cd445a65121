"""Scheduled deletion of old drafts, and erasure of the texts and offers of closed briefs. The jobs are idempotent."""

from typing import Any

from sqlalchemy import delete, select, update

from marketplace.audit.models import AuditEvent
from marketplace.audit.use_cases import record
from marketplace.briefs.guide.questions import load as load_guide
from marketplace.briefs.lifecycle import BriefState
from marketplace.briefs.models import Brief, BriefVersion, ClarificationQuestion
from marketplace.briefs.use_cases.erasure import delete_in_transaction
from marketplace.core.database import failure_logged, session, transaction
from marketplace.core.dates import cutoff_passed
from marketplace.files.models import StoredFile
from marketplace.privacy import retention_periods
from marketplace.proposals.models.offers import Evaluation, Proposal
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer, OutcomeReply
from marketplace.proposals.models.scoring import IndividualScore
from marketplace.sourcing.models import RankingRun
from marketplace.sourcing.ranking import run_erasure

TEXT_TYPES = {"text", "long_text", "list", "urls"}
"""Types of the guide's questions that a company answers in its own words."""
TITLE = "title"
"""The title names the brief in statistics and in the audit log."""
ERASURE = "brief.erase_texts_2"
"""Recorded action of the erasure. Its first version left rankings, lists and links; what it erased is erased again."""
MAX_ERASED = 200
"""Limit of briefs in one run of the job, because no offers are opened and no e-mail is sent meanwhile."""
CLOSED_STATES = ("awarded", "delivered", "no_award", "withdrawn", "lapsed", "terminated")


def delete_old_drafts() -> int:
    """Delete drafts unchanged for 12 months; they are erased 30 days later. Return their number.

    Drafts that a business garden has never answered are drafts as well; a brief that it has paused has been published.
    """
    with transaction():
        old = select(Brief).where(
            Brief.state.in_((BriefState.DRAFT, BriefState.IN_REVIEW, BriefState.WAITING)),
            Brief.updated_at < cutoff_passed(months=retention_periods.DRAFT_MONTHS),
            ~Brief.versions.any(),
        )
        briefs = session.scalars(old.order_by(Brief.id).with_for_update(skip_locked=True)).all()
        for brief in briefs:
            delete_in_transaction(None, brief)
        return len(briefs)


def erase_closed_briefs() -> int:
    """Erase the texts of briefs closed 24 months ago, and their offers, but not the figures. Return their number."""
    done = select(AuditEvent.id).where(AuditEvent.action == ERASURE, AuditEvent.object_id == Brief.reference)
    old = select(Brief.id).where(
        Brief.state.in_(CLOSED_STATES),
        Brief.closed_at < cutoff_passed(months=retention_periods.CLOSED_MONTHS),
        ~done.exists(),
    )
    erased = 0
    for brief_id in session.scalars(old.order_by(Brief.id).limit(MAX_ERASED)).all():
        with failure_logged(brief_id), transaction():
            brief = session.get_one(Brief, brief_id)
            _erase_texts(brief)
            record(None, ERASURE, "brief", brief.reference)
            erased += 1
    return erased


def _erase_texts(brief: Brief) -> None:
    brief.answers, brief.closed_reason = _without_texts(brief, brief.answers), ""
    for version in session.scalars(select(BriefVersion).where(BriefVersion.brief_id == brief.id)):
        version.answers = _without_texts(brief, version.answers)
    for run in session.scalars(select(RankingRun).where(RankingRun.brief_id == brief.id)):
        run_erasure.erase_texts(run)
    for question in session.scalars(
        select(ClarificationQuestion).where(ClarificationQuestion.brief_id == brief.id)
    ):
        question.text = question.public_text = question.answer = ""
    outcomes = select(Outcome.id).where(Outcome.brief_id == brief.id)
    session.execute(delete(OutcomeReply).where(OutcomeReply.outcome_id.in_(outcomes)))
    session.execute(
        update(OutcomeAnswer)
        .where(OutcomeAnswer.outcome_id.in_(outcomes))
        .values(next_company="", story="", story_shown="", story_removed_reason="")
    )
    session.execute(delete(StoredFile).where(StoredFile.brief_id == brief.id))
    for proposal in session.scalars(select(Proposal).where(Proposal.brief_id == brief.id)):
        # A trigger rejects changes to an opened offer, so its key is deleted instead: nobody can decrypt it any more.
        proposal.data_key = ""
        session.flush()
        session.execute(delete(StoredFile).where(StoredFile.proposal_id == proposal.id))
        proposal.outcome_text = proposal.outcome_good = ""
        for table in (Evaluation, IndividualScore):
            session.execute(update(table).where(table.proposal_id == proposal.id).values(note=""))


def _without_texts(brief: Brief, answers: dict[str, Any]) -> dict[str, Any]:
    guide = load_guide(brief.guide_version)
    written = {question.code for question in guide if question.type in TEXT_TYPES} - {TITLE}
    return {name: type(value)() if name in written else value for name, value in answers.items()}
