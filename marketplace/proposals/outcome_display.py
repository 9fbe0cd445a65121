"""The parts of an answer about the outcome of a job that each kind of reader may see."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.i18n import gettext as _
from marketplace.proposals.lifecycle import GOAL_LABELS, ROUND_LABELS
from marketplace.proposals.models.outcomes import Outcome, OutcomeAnswer
from marketplace.proposals.outcome_questions import QUESTIONS


class Reader(StrEnum):
    """Kind of organisation that reads an answer."""

    COMPANY = "company"
    GARDEN = "garden"
    SUPPLIER = "supplier"


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer as one kind of reader sees it. Parts that the reader may not see are empty."""

    answered_at: dt.datetime
    by: str
    choices: Sequence[tuple[str, str]]
    measured: str
    lesson: str
    next_company: str
    story: str
    is_story_shown: bool
    is_supplier_named: bool
    removed_at: dt.datetime | None
    removed_reason: str
    readers: str

    @property
    def is_empty(self) -> bool:
        """Return True if the reader may see nothing of the answer."""
        return not (self.choices or self.measured or self.lesson or self.next_company or self.story)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round of the questionnaire: the answer that counts, earlier answers for the company itself, and the reply."""

    id: int
    name: str
    label: str
    due_on: dt.date
    goal: str
    latest: AnswerView | None
    earlier: Sequence[AnswerView]
    reply: str
    replied_at: dt.datetime | None

    @property
    def is_due(self) -> bool:
        """Return True if the company can answer."""
        return self.due_on <= clock.today()


def answer_view(answer: OutcomeAnswer, reader: Reader, by: str = "") -> AnswerView:
    """Return the parts of an answer that a reader may see."""
    is_own = reader is Reader.COMPANY
    sees_choices = is_own or (answer.for_garden if reader is Reader.GARDEN else answer.for_supplier)
    sees_advice = is_own or reader is Reader.GARDEN or answer.for_similar
    choices = [
        (str(question.label), str(question.answers[getattr(answer, code)]))
        for code, question in QUESTIONS.items()
        if sees_choices
    ]
    removed = next(
        (one for one in answer.outcome.answers if one.story_removed_at and one.story == answer.story), None
    )
    return AnswerView(
        answer.answered_at,
        by,
        choices,
        answer.measured if is_own or (reader is Reader.GARDEN and answer.for_garden) else "",
        answer.text if is_own else "",
        answer.next_company if sees_advice else "",
        answer.story if is_own or answer.story_shown else "",
        bool(answer.story_shown),
        answer.supplier_named_at is not None,
        removed.story_removed_at if removed and is_own else None,
        removed.story_removed_reason if removed and is_own else "",
        _describe_readers(answer) if is_own else "",
    )


def round_view(outcome: Outcome, reader: Reader, names: Mapping[int | None, str] | None = None) -> RoundView:
    """Return a round as a reader may see it."""
    views = [
        answer_view(answer, reader, (names or {}).get(answer.answered_by_id, ""))
        for answer in reversed(outcome.answers)
    ]
    latest = views[0] if views and not views[0].is_empty else None
    shows_reply = outcome.reply is not None and (latest is not None or reader is Reader.COMPANY)
    return RoundView(
        outcome.id,
        outcome.round,
        str(ROUND_LABELS[outcome.round]),
        outcome.due_on,
        str(GOAL_LABELS[outcome.answers[-1].goal_met]) if latest and latest.choices else "",
        latest,
        views[1:] if reader is Reader.COMPANY else (),
        outcome.reply.text if outcome.reply and shows_reply else "",
        outcome.reply.written_at if outcome.reply and shows_reply else None,
    )


def _describe_readers(answer: OutcomeAnswer) -> str:
    """Name the readers of an answer other than the company, as sentences."""
    sentences = []
    if answer.for_supplier:
        sentences.append(_("The supplier sees the four answers, and they count in the figures on its page."))
    if answer.for_garden:
        sentences.append(_("Your business garden sees the four answers and the number."))
    if answer.next_company:
        sentences.append(
            _("Your business garden, the supplier and companies with a similar brief see your advice.")
            if answer.for_similar
            else _("Your business garden sees your advice to the next company.")
        )
    if answer.story_shown:
        sentences.append(
            _("Everybody can read your story, with your name.")
            if answer.story_shown == "named"
            else _("Everybody can read your story, without your name.")
        )
    return " ".join(sentences) or _("You have not chosen to show the answers to others.")
