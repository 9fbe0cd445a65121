"""Forms about the outcome of a job: the company's questionnaire and the supplier's reply."""

from dataclasses import replace
from typing import Any

from wtforms import BooleanField

from marketplace.core import clock
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.proposals.job_facts import MIN_COMPANIES
from marketplace.proposals.limits import MAX_LESSON_LENGTH, MAX_REPLY_LENGTH, MAX_STORY_LENGTH
from marketplace.proposals.outcome_questions import QUESTIONS, STORY_LABELS
from marketplace.proposals.use_cases import OutcomeAnswers, ReplyDetails
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    DayField,
    DecimalField,
    LongTextField,
    TextField,
    length,
    required,
)


def _choice(code: str) -> Any:
    question = QUESTIONS[code]
    return ChoiceField(question.label, [required(_l("Choose one."))], choices=list(question.answers.items()))


class OutcomeForm(BaseForm):
    """Questionnaire about the outcome: facts before opinions, then who else may read the answers."""

    on_time = _choice("on_time")
    within_price = _choice("within_price")
    goal_met = _choice("goal_met")
    order_again = _choice("order_again")
    measured: Any = TextField(
        _l("What did you measure?"),
        [length(high=60)],
        description=_l("The current value of the figure you set as your goal."),
    )
    text = LongTextField(
        _l("What did you learn for next time?"),
        [length(high=MAX_LESSON_LENGTH)],
        description=_l("Only people in your company read this."),
    )
    next_company = LongTextField(
        _l("What should the next company know?"),
        [length(high=MAX_LESSON_LENGTH)],
        description=_l(
            "Your business garden reads this. You decide below whether others may. Do not write names or prices."
        ),
    )
    for_supplier = BooleanField(
        _l("Show the four answers to the supplier"),
        description=_l(
            "The supplier can reply once. The answers also count in the figures on its page, for example “On time in 5 of 6 jobs”. The page never names you, and shows nothing before %(num)s companies have answered.",
            num=MIN_COMPANIES,
        ),
    )
    for_garden = BooleanField(_l("Show the four answers and the number to our business garden"))
    for_similar = BooleanField(
        _l("Show what the next company should know to companies with a similar brief, and to the supplier"),
        description=_l("Other companies do not see who wrote it, or about which supplier."),
    )

    story_shown = ChoiceField(
        _l("May others read your story as an example?"),
        choices=list(STORY_LABELS.items()),
        default="",
        description=_l(
            "It is shown with the title of the brief, your sector, whether the goal was met and the number. The supplier is named only if it agrees. You can stop showing it here at any time."
        ),
    )
    story = LongTextField(
        _l("Your story"),
        [length(high=MAX_STORY_LENGTH)],
        description=_l(
            "What was the problem, what was done, and what came of it? Three or four sentences. Everybody can read it. Do not write the supplier's name or prices."
        ),
    )

    def outcome(self) -> OutcomeAnswers:
        """Return the submitted outcome."""
        return OutcomeAnswers(
            self.on_time.data,
            self.within_price.data,
            self.goal_met.data,
            self.order_again.data,
            (self.measured.data if self.measured else "") or "",
            self.text.data or "",
            self.next_company.data or "",
            for_supplier=bool(self.for_supplier.data),
            for_garden=bool(self.for_garden.data),
            for_similar=bool(self.for_similar.data),
            story=self.story.data or "",
            story_shown=self.story_shown.data or "",
        )


class MeasuredOutcomeForm(OutcomeForm):
    """Questionnaire about a job that serves an objective: its number and date are a measurement of the objective."""

    measured = None
    measured_milli = DecimalField(_l("What is the number now?"))
    measured_on = DayField(_l("When was it measured?"), description=_l("Today, if you leave it empty."))

    def outcome(self) -> OutcomeAnswers:
        """Return the submitted outcome. A date without a number says nothing."""
        number = self.measured_milli.data
        day = (self.measured_on.data or clock.today()) if number is not None else None
        return replace(super().outcome(), measured_milli=number, measured_on=day)


class ReplyForm(BaseForm):
    """The supplier's reply to a company's answers."""

    text = LongTextField(
        _l("Your reply"),
        [length(high=MAX_REPLY_LENGTH)],
        description=_l("Stick to the facts of this job. Empty the field to remove the reply."),
    )

    def details(self) -> ReplyDetails:
        """Return the submitted reply."""
        return ReplyDetails(self.text.data or "")


class RemoveStoryForm(BaseForm):
    """Reason why a garden removes a company's story."""

    reason = LongTextField(
        _l("Why do you remove it?"),
        [
            required(_l("Write the reason. The company and the supplier read it.")),
            length(high=MAX_REPLY_LENGTH),
        ],
        description=_l("Name what has to change. The company and the supplier read it."),
    )
