"""Outcome of a job: the company's answers and the supplier's reply to them."""

import datetime as dt
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select

from marketplace.audit.use_cases import record
from marketplace.briefs.models import Brief
from marketplace.briefs.queries import display_title, own_brief
from marketplace.briefs.queries.action_briefs import objective_of
from marketplace.briefs.use_cases.authorization import company_recipients
from marketplace.core import clock
from marketplace.core.database import session, transaction
from marketplace.core.errors import Conflict, Forbidden, RuleBroken, or_404
from marketplace.core.i18n import gettext as _
from marketplace.core.optimistic_lock import check_unchanged
from marketplace.core.viewer import Viewer
from marketplace.outbox.use_cases import send
from marketplace.proposals import notices
from marketplace.proposals.limits import MAX_REPLY_LENGTH
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer, OutcomeReply
from marketplace.proposals.outcome_questions import QUESTIONS, STORY_LABELS
from marketplace.proposals.queries import award_of, outcome_for_supplier
from marketplace.proposals.queries.outcomes import is_for_supplier, removed_stories
from marketplace.proposals.use_cases.transitions import lock_brief, supplier_recipients
from marketplace.strategy.models.objectives import Objective
from marketplace.strategy.units import format_value
from marketplace.strategy.use_cases.measurements import record_outcome_measurement


@dataclass(frozen=True, slots=True)
class OutcomeAnswers:
    """Answers about the outcome, facts before opinions, and who besides the company may read them."""

    on_time: str
    within_price: str
    goal_met: str
    order_again: str
    measured: str = ""
    text: str = ""
    next_company: str = ""
    for_supplier: bool = False
    for_garden: bool = False
    for_similar: bool = False
    story: str = ""
    story_shown: str = ""
    measured_milli: int | None = None
    measured_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ReplyDetails:
    """The supplier's reply; an empty text removes it."""

    text: str


def answer_outcome(viewer: Viewer, reference: str, name: str, answers: OutcomeAnswers) -> None:
    """Answer one round of the outcome questionnaire. Raises RuleBroken, NotFound.

    A later answer is added, and earlier ones are kept; the same answer again adds nothing.
    """
    with transaction():
        brief = lock_brief(own_brief(viewer, reference))
        query = select(Outcome).where(Outcome.brief_id == brief.id, Outcome.round == name)
        outcome = or_404(session.scalar(query))
        if outcome.due_on > clock.today():
            raise Conflict(_("It is too early to answer this."))
        _check(answers)
        if answers.story_shown and answers.story in removed_stories(brief.id):
            message = _(
                "Your business garden has removed this story. Change the text before you show it again."
            )
            raise RuleBroken(message, "story")
        latest = outcome.latest
        answers, objective = _with_measured_text(viewer, brief, answers, latest)
        given = asdict(answers)
        if latest is not None and all(getattr(latest, field) == value for field, value in given.items()):
            return
        added = OutcomeAnswer(answered_at=clock.now(), answered_by_id=viewer.user_id, **given)
        if objective is not None and answers.measured_milli is not None:
            added.measurement_id = _record_measurement(viewer, brief, objective, answers, latest)
        if latest is not None and latest.story == added.story and added.story_shown:
            added.supplier_named_at = latest.supplier_named_at
        is_news = is_for_supplier(added) and _supplier_part(added) != _supplier_part(latest)
        outcome.answered_at = added.answered_at
        outcome.answers.append(added)
        record(viewer, "brief.outcome", "brief", brief.reference, round=name)
        award = award_of(brief.id)
        if is_news and award is not None:
            notice = notices.outcome_answered(brief.company.name, display_title(brief))
            send(notice, supplier_recipients(award.proposal))


def _check(answers: OutcomeAnswers) -> None:
    """Raise RuleBroken for unknown choices, and for consent to a story that is missing."""
    for field, question in QUESTIONS.items():
        if getattr(answers, field) not in question.answers:
            raise RuleBroken(_("Choose one from the list."), field)
    if answers.story_shown not in STORY_LABELS:
        raise RuleBroken(_("Choose one from the list."), "story_shown")
    if answers.story_shown and not answers.story:
        raise RuleBroken(_("Write the story, or choose not to show one."), "story")


def _with_measured_text(
    viewer: Viewer, brief: Brief, answers: OutcomeAnswers, latest: OutcomeAnswer | None
) -> tuple[OutcomeAnswers, Objective | None]:
    """Return the answers with the number as text in its unit today, and the objective that the brief serves.

    Without an objective there is only the text that the company wrote, which remains until a number replaces it.
    """
    objective, number = objective_of(viewer, brief), answers.measured_milli
    if objective is None:
        return replace(answers, measured_milli=None, measured_on=None), None
    if number is None:
        written = latest.measured if latest is not None and latest.measured_milli is None else ""
        return replace(answers, measured=written, measured_on=None), objective
    if answers.measured_on is None or answers.measured_on > clock.today():
        raise RuleBroken(_("Enter a date that is not in the future."), "measured_on")
    is_same = latest is not None and (latest.measured_milli, latest.measured_on) == (
        number,
        answers.measured_on,
    )
    text = latest.measured if latest is not None and is_same else format_value(number, objective.unit)
    return replace(answers, measured=text), objective


def _record_measurement(
    viewer: Viewer, brief: Brief, objective: Objective, answers: OutcomeAnswers, latest: OutcomeAnswer | None
) -> int:
    """Record the number as a measurement. It corrects the measurement of an earlier answer. Raises RuleBroken."""
    assert answers.measured_milli is not None
    assert answers.measured_on is not None
    try:
        measurement = record_outcome_measurement(
            objective.id,
            answers.measured_milli,
            answers.measured_on,
            brief.reference,
            viewer,
            corrects_id=latest.measurement_id if latest else None,
        )
    except RuleBroken as error:
        raise RuleBroken(error.message, "measured_milli") from error
    return measurement.id


def _supplier_part(answer: OutcomeAnswer | None) -> list[object]:
    """Return the values of an answer that the supplier may read."""
    if answer is None:
        return []
    choices = [getattr(answer, field) for field in QUESTIONS] if answer.for_supplier else []
    story = answer.story if answer.story_shown else ""
    return [*choices, answer.next_company if answer.for_similar else "", story]


def reply_details(viewer: Viewer, outcome_id: int) -> ReplyDetails:
    """Return the reply of the viewer's supplier, empty if there is none. Raises NotFound."""
    outcome, _job = outcome_for_supplier(viewer, outcome_id)
    return ReplyDetails(outcome.reply.text if outcome.reply else "")


def reply_to_outcome(
    viewer: Viewer, outcome_id: int, details: ReplyDetails, expected: str | None = None
) -> None:
    """Write, change or remove the supplier's reply to a round. Raises NotFound, Forbidden, RuleBroken, Conflict."""
    with transaction():
        outcome, job = outcome_for_supplier(viewer, outcome_id)
        if not viewer.is_owner:
            raise Forbidden
        lock_brief(job.brief)
        session.refresh(outcome, ["reply"])
        reply = outcome.reply
        current = ReplyDetails(reply.text if reply else "")
        is_own = reply is not None and reply.by_id == viewer.user_id
        check_unchanged(expected, current, details, is_own_change=lambda: is_own)
        if len(details.text) > MAX_REPLY_LENGTH:
            raise RuleBroken(_("Use at most %(num)s characters.", num=MAX_REPLY_LENGTH), "text")
        if details == current:
            return
        reference = job.brief.reference
        if not details.text:
            outcome.reply = None
            record(viewer, "brief.outcome_reply_removed", "brief", reference, round=outcome.round)
            return
        if reply is None:
            reply = outcome.reply = OutcomeReply()
        reply.text, reply.written_at, reply.by_id = details.text, clock.now(), viewer.user_id or 0
        record(viewer, "brief.outcome_reply", "brief", reference, round=outcome.round)
        send(notices.outcome_replied(job.supplier, job.title), company_recipients(job.brief))
