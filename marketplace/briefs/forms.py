"""What people fill in about briefs: a topic of the guide, read from the guide file, and a few small forms."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from marketplace.briefs import guide
from marketplace.briefs.coach import Advice
from marketplace.briefs.guide import ParsedAnswer, Question, Topic
from marketplace.briefs.lifecycle import REJECT_REASONS
from marketplace.core.i18n import gettext as _g
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.text import clean_text
from marketplace.web.forms import BaseForm, ChoiceField, DayField, LongTextField, length, required

GROUPS = frozenset({"choice", "choices", "services", "grid", "weights"})


@dataclass
class TopicField:
    """A question as it stands on the page: what is in the field, what is wrong, and what a colleague wrote."""

    question: Question
    typed: Any
    error: str = ""
    note: str = ""
    theirs: str = ""
    advice: Advice | None = None

    @property
    def anchor(self) -> str:
        """Return the id of the first thing in the question that can be filled in."""
        question = self.question
        if question.type in {"grid", "weights"}:
            row = next(iter(question.rows))
            return f"{question.code}-{row}" + (
                f"-{next(iter(question.options))}" if question.type == "grid" else ""
            )
        if question.type in GROUPS:
            return f"{question.code}-{question.option_codes()[0].replace('.', '-')}"
        return question.code

    @property
    def described_by(self) -> str:
        """Return the ids of what explains the field, for screen readers."""
        code = self.question.code
        parts = {"help": self.question.help, "error": self.error, "note": self.note, "theirs": self.theirs}
        return " ".join(f"{code}-{part}" for part, there in parts.items() if there)


class TopicForm:
    """One page of the guide as a form. It keeps whatever was typed, and says beside each field what is wrong."""

    def __init__(
        self, topic: Topic, answers: Mapping[str, Any], today: dt.date, advices: Sequence[Advice] = ()
    ) -> None:
        self.topic = topic
        self.today = today
        self.fields = {
            q.code: TopicField(q, guide.form_value(q, answers.get(q.code))) for q in topic.questions
        }
        self.message = ""
        self.parsed_answers: list[ParsedAnswer] = []
        # One remark a page, the one with most to gain: more would drown the questions.
        if advice := next((advice for advice in advices if advice.question in self.fields), None):
            self.fields[advice.question].advice = advice
        for question in topic.questions:
            value = answers.get(question.code)
            problem = None if guide.is_empty(value) else guide.check_value(question, value, today)
            if problem:
                self.fields[question.code].note = ParsedAnswer(question, value, value, problem).error

    def read(self, sent: MultiDict[str, str]) -> list[ParsedAnswer]:
        """Read what a browser sent; the fields show it again."""
        self.parsed_answers = [guide.parse(question, sent, self.today) for question in self.topic.questions]
        for parsed in self.parsed_answers:
            field = self.fields[parsed.question.code]
            field.typed = parsed.typed
            field.advice = None
            field.note = parsed.error if parsed.is_accepted and not guide.is_empty(parsed.value) else ""
            field.error = "" if parsed.is_accepted else parsed.error
        return self.parsed_answers

    def show_conflict(self, message: str, standing: Mapping[str, Any]) -> None:
        """Put a colleague's answers beside what was typed."""
        self.message = message
        for code, value in standing.items():
            field = self.fields[code]
            text = guide.value_text(field.question, value)
            field.theirs = text or _g("Nothing is written there now.")
            field.error = _g("A colleague has changed this. Choose what should stand, and save again.")

    def all_errors(self) -> list[tuple[str | None, str]]:
        """Return (field id, message) for the error summary, in the order of the page."""
        found: list[tuple[str | None, str]] = [(None, self.message)] if self.message else []
        return found + [
            (field.anchor, f"{field.question.short}: {field.error}")
            for field in self.fields.values()
            if field.error
        ]

    def errors(self) -> dict[str, str]:
        """Return what is wrong, by question code."""
        return {code: field.error for code, field in self.fields.items() if field.error}


def read_marks(text: str | None) -> dict[str, str]:
    """Return the marks of the answers that a page was made from; anything strange counts as none."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(code): str(mark) for code, mark in found.items()} if isinstance(found, dict) else {}


class NewBriefForm(BaseForm):
    """The beginning of a brief: the need in one's own words."""

    own_words = LongTextField(
        _("What do you need help with?"),
        [length(high=2000)],
        description=_(
            "Use plain language, as you would with a neighbour. We suggest services based on your words."
        ),
        render_kw={"rows": "4"},
    )


class PublishForm(BaseForm):
    """The last word before a brief goes out. Only the protection against forged requests."""


class ReviewForm(BaseForm):
    """Asking the garden to read a draft."""

    message = LongTextField(
        _("Is there anything the adviser should look at?"), [length(high=1000)], render_kw={"rows": "3"}
    )


class ReviewAnswerForm(BaseForm):
    """The garden's answer on a draft. Comments per topic are read by `topic_comments`."""

    verdict = ChoiceField(
        _("Is the brief ready to send?"), [required(_("Select whether the brief is ready."))]
    )
    comment = LongTextField(
        _("What do you want to say to the company?"), [length(high=2000)], render_kw={"rows": "5"}
    )

    def __init__(self, topics: Sequence[Topic]) -> None:
        super().__init__()
        self.verdict.set_choices(
            [("ok", _g("Yes, it is ready")), ("changes", _g("Not yet, I suggest changes"))]
        )
        self._topics = topics

    def topic_comments(self, sent: Mapping[str, str]) -> dict[str, str]:
        """Return the comments by topic code, at most 1000 characters each."""
        return {
            topic.code: (clean_text(sent.get(f"topic-{topic.code}")) or "")[:1000] for topic in self._topics
        }


class ExtendForm(BaseForm):
    """More time for suppliers."""

    deadline = DayField(_("New reply deadline"), [required()])


class WithdrawForm(BaseForm):
    """Taking a published brief back."""

    reason = LongTextField(
        _("Why are you withdrawing the brief?"),
        [required(), length(10, 1000)],
        description=_("The suppliers can read this. They have spent time on an answer."),
        render_kw={"rows": "4"},
    )


class QuestionForm(BaseForm):
    """A supplier's question."""

    text = LongTextField(
        _("Your question"),
        [required(), length(10, 1000)],
        description=_("Your name is not shown. Everyone who can see the brief gets the same answer."),
        render_kw={"rows": "4"},
    )


class AnswerForm(BaseForm):
    """The company's answer to a question, and the wording that all will read."""

    public_text = LongTextField(
        _("The question as everyone will see it"),
        [required(), length(5, 1000)],
        description=_("Remove anything that reveals who is asking."),
        render_kw={"rows": "3"},
    )
    answer = LongTextField(
        _("Your answer"),
        [required(), length(2, 2000)],
        description=_("Everyone who can see the brief receives the answer."),
        render_kw={"rows": "5"},
    )


class RejectForm(BaseForm):
    """Saying no to a question."""

    reason = ChoiceField(_("Why are you not answering?"), [required()])

    def __init__(self) -> None:
        super().__init__()
        self.reason.set_choices([(code, str(label)) for code, label in REJECT_REASONS.items()])
