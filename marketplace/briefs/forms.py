"""Forms about briefs: the topics of the guide, built from the guide file, and smaller forms."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from marketplace.briefs import guide
from marketplace.briefs.coach import Advice
from marketplace.briefs.coach.private_details import find_contact_details
from marketplace.briefs.guide import ParsedAnswer, Question, Topic
from marketplace.briefs.limits import (
    ANSWER_LENGTH,
    MAX_REVIEW_COMMENT_LENGTH,
    MAX_REVIEW_REQUEST_LENGTH,
    MAX_TOPIC_COMMENT,
    PUBLIC_QUESTION_LENGTH,
    QUESTION_LENGTH,
    REASON_LENGTH,
)
from marketplace.briefs.question_rejection_reasons import REJECTION_REASONS
from marketplace.core import clock
from marketplace.core.dates import parse_date
from marketplace.core.errors import RuleBroken
from marketplace.core.i18n import format_list, gettext, lazy_gettext as _
from marketplace.core.text import clean_text
from marketplace.files.limits import MAX_FILE_MEGABYTES
from marketplace.web.forms import (
    BaseForm,
    Check,
    ChoiceField,
    DayField,
    LongTextField,
    UploadField,
    length,
    required,
)

GROUPS = frozenset({"choice", "choices", "services", "grid", "weights"})


@dataclass
class TopicField:
    """A question in a form: the content of the field, its messages, and a colleague's conflicting answer."""

    question: Question
    typed: Any
    error: str = ""
    note: str = ""
    theirs: str = ""
    advice: Advice | None = None

    @property
    def anchor(self) -> str:
        """Element id of the question's first input."""
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
    def input_type(self) -> str:
        """Type of a one-line input. A date picker cannot show text that is not a date, so that text gets a text input."""
        is_date = self.question.type == "date" and (not self.typed or parse_date(self.typed) is not None)
        return "date" if is_date else "text"

    @property
    def is_in_use(self) -> bool:
        """True if the field has an answer or a message."""
        return bool(self.typed or self.error or self.note or self.theirs or self.advice)

    @property
    def described_by(self) -> str:
        """Element ids for `aria-describedby`."""
        code = self.question.code
        parts = {"help": self.question.help, "error": self.error, "note": self.note, "theirs": self.theirs}
        return " ".join(f"{code}-{part}" for part, text in parts.items() if text)


class TopicForm:
    """Form of one topic of the guide. Invalid input is shown again, with a message at each field."""

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
        # One suggestion per page, the one with the largest gain, so that advice does not crowd out the questions.
        if advice := next((advice for advice in advices if advice.question in self.fields), None):
            self.fields[advice.question].advice = advice
        for question in topic.questions:
            value = answers.get(question.code)
            problem = None if guide.is_empty(value) else guide.check_value(question, value, today)
            if problem:
                self.fields[question.code].note = ParsedAnswer(question, value, value, problem).error

    def fields_of(self, questions: Sequence[Question]) -> list[TopicField]:
        """Return the fields of some questions of the topic."""
        return [self.fields[question.code] for question in questions]

    def read(self, submitted: MultiDict[str, str]) -> list[ParsedAnswer]:
        """Parse submitted form data and show it in the fields."""
        self.parsed_answers = [
            guide.parse(question, submitted, self.today) for question in self.topic.questions
        ]
        for parsed in self.parsed_answers:
            field = self.fields[parsed.question.code]
            field.typed = parsed.typed
            field.advice = None
            field.note = parsed.error if parsed.is_accepted and not guide.is_empty(parsed.value) else ""
            field.error = "" if parsed.is_accepted else parsed.error
        return self.parsed_answers

    def show_conflict(self, message: str, current: Mapping[str, Any]) -> None:
        """Show the stored answers beside the user's input."""
        self.message = message
        for code, value in current.items():
            field = self.fields[code]
            text = guide.value_text(field.question, value)
            field.theirs = text or gettext("The field is empty now.")
            field.error = gettext(
                "This was changed after you opened the page. Choose which text to keep, and save again."
            )

    def all_errors(self) -> list[tuple[str | None, str]]:
        """Return (element id, message) for the error summary, in page order."""
        errors: list[tuple[str | None, str]] = [(None, self.message)] if self.message else []
        return errors + [
            (field.anchor, field.question.with_message(field.error))
            for field in self.fields.values()
            if field.error
        ]

    def errors(self) -> dict[str, str]:
        """Return the error messages by question code."""
        return {code: field.error for code, field in self.fields.items() if field.error}


def parse_fingerprints(text: str | None) -> dict[str, str]:
    """Parse the fingerprints that a form was rendered with, from JSON. Malformed input gives none."""
    try:
        data = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(code): str(value) for code, value in data.items()} if isinstance(data, dict) else {}


def _accepted_by_guide(code: str) -> Check:
    """Validate a field with the limits of a question in the guide, where the same text is edited later."""

    def check(_form: object, field: Any) -> None:
        question = guide.load().question(code)
        problem = guide.check_value(question, field.data, clock.today())
        if problem and not problem.is_soft:
            raise ValidationError(ParsedAnswer(question, field.data, field.data, problem).error)

    return check


class NewBriefForm(BaseForm):
    """First step of a new brief: the need in the company's own words."""

    own_words = LongTextField(
        _("What do you need help with?"),
        [_accepted_by_guide("own_words")],
        description=_(
            "Use plain language, as you would with a neighbour. We suggest services based on your words."
        ),
        render_kw={"rows": "4"},
    )


class ReviewForm(BaseForm):
    """Request for a review of a draft."""

    message = LongTextField(
        _("Is there anything the adviser should look at?"),
        [length(high=MAX_REVIEW_REQUEST_LENGTH)],
        render_kw={"rows": "3"},
    )


class ReviewAnswerForm(BaseForm):
    """The garden's review of a draft. Comments per topic are read by `topic_comments`."""

    verdict = ChoiceField(
        _("Is the brief ready to publish?"),
        [required(_("Select whether the brief is ready."))],
        choices=[("ok", _("Yes, it is ready")), ("changes", _("Not yet, I suggest changes"))],
    )
    comment = LongTextField(
        _("What do you want to say to the company?"),
        [length(high=MAX_REVIEW_COMMENT_LENGTH)],
        render_kw={"rows": "5"},
    )

    def __init__(self, topics: Sequence[Topic]) -> None:
        super().__init__()
        self._topics = topics

    def topic_comments(self, submitted: Mapping[str, str]) -> dict[str, str]:
        """Return the comments by topic code. Raises RuleBroken if one is too long."""
        comments = {
            topic.code: clean_text(submitted.get(f"topic-{topic.code}")) or "" for topic in self._topics
        }
        for topic in self._topics:
            count = len(comments[topic.code])
            if count > MAX_TOPIC_COMMENT:
                raise RuleBroken(
                    gettext(
                        "Shorten your comment on “%(topic)s” to %(max)s characters. It is now %(count)s.",
                        topic=topic.title,
                        max=MAX_TOPIC_COMMENT,
                        count=count,
                    )
                )
        return comments


class ExtendDeadlineForm(BaseForm):
    """New reply deadline."""

    deadline = DayField(_("New reply deadline"), [required()])


class WithdrawBriefForm(BaseForm):
    """Withdrawal of a published brief."""

    reason = LongTextField(
        _("Why are you withdrawing the brief?"),
        [required(), length(*REASON_LENGTH)],
        description=_("The suppliers can read this. They have spent time on an answer."),
        render_kw={"rows": "4"},
    )


def _no_contact_details(_form: object, field: LongTextField) -> None:
    """Refuse a text that would reveal who wrote it, or lead suppliers past the page that all of them read."""
    if found := find_contact_details(field.data or ""):
        raise ValidationError(
            gettext(
                "Remove the contact details: %(details)s. Everyone who can see the brief can read this.",
                details=format_list(found),
            )
        )


class QuestionForm(BaseForm):
    """A supplier's question."""

    text = LongTextField(
        _("Ask a question"),
        [required(_("Write your question.")), length(*QUESTION_LENGTH), _no_contact_details],
        description=_(
            "The company sees your name only after the deadline, and other suppliers never. Everyone who can see the brief gets the same answer."
        ),
        render_kw={"rows": "4"},
    )


class AnswerForm(BaseForm):
    """The company's answer to a question, and its public wording."""

    public_text = LongTextField(
        _("The question as everyone will see it"),
        [required(), length(*PUBLIC_QUESTION_LENGTH), _no_contact_details],
        description=_("Remove anything that reveals who is asking."),
        render_kw={"rows": "3"},
    )
    answer = LongTextField(
        _("Your answer"),
        [required(), length(*ANSWER_LENGTH), _no_contact_details],
        description=_("Everyone who can see the brief receives the answer."),
        render_kw={"rows": "5"},
    )


class RejectForm(BaseForm):
    """Rejection of a question."""

    reason = ChoiceField(
        _("Why are you not answering?"), [required()], choices=list(REJECTION_REASONS.items())
    )


class FileForm(BaseForm):
    """A file attached to a brief."""

    file = UploadField(
        _("Add a file"),
        accept="application/pdf,image/jpeg,image/png,image/webp",
        description=_(
            "A PDF document, or a JPEG, PNG or WebP image, at most %(size)s MB.", size=MAX_FILE_MEGABYTES
        ),
    )
