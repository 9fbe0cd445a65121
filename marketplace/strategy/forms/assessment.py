"""Form of one page of the self-assessment."""

from typing import Any

from wtforms import Field
from wtforms.validators import ValidationError

from marketplace.core.i18n import gettext as _, lazy_gettext as _l
from marketplace.strategy.assessment_scores import AnswerKind
from marketplace.strategy.questionnaire import MAX_ANSWER, Dimension, Question
from marketplace.strategy.use_cases.assessment import PageAnswers
from marketplace.web.forms import BaseForm, ChoiceField, required


def _single_answer(form: BaseForm, field: Field) -> None:
    """Refuse several different answers to one question."""
    del form
    if len(set(field.raw_data or ())) > 1:
        raise ValidationError(_("Choose one answer."))


class AssessmentForm(BaseForm):
    """The three questions of a dimension. With `is_partial`, questions may be left without an answer."""

    first = ChoiceField("", [required(_l("Choose an answer.")), _single_answer])
    second = ChoiceField("", [required(_l("Choose an answer.")), _single_answer])
    third = ChoiceField("", [required(_l("Choose an answer.")), _single_answer])

    def __init__(self, dimension: Dimension, *, is_partial: bool, **values: Any) -> None:
        super().__init__(**values)
        for field, question in zip((self.first, self.second, self.third), dimension.questions, strict=True):
            field.label.text = question.text
            field.set_choices(_choices(question))
            if is_partial:
                field.validators = [_single_answer]

    def answers(self) -> PageAnswers:
        """Return the submitted answers."""
        return self.details_as(PageAnswers)


def _choices(question: Question) -> list[tuple[str, str]]:
    anchors, between = question.anchors, _("Somewhere in between")
    values = [(str(value), f"{value}: {anchors.get(value, between)}") for value in range(MAX_ANSWER + 1)]
    skip = _("Not relevant to us") if question.is_skippable else _("Skip")
    return [*values, (AnswerKind.UNKNOWN.value, _("We don't know")), (AnswerKind.SKIPPED.value, skip)]
