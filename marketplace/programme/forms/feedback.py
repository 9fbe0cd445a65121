"""Form of the feedback on a session."""

from dataclasses import asdict

from wtforms import BooleanField

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.programme.feedback import PACE, USED_BEFORE, USEFUL
from marketplace.programme.use_cases.feedback import Answers
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, length, required


class FeedbackForm(BaseForm):
    """Four choices and an optional comment.

    The first session has no question about the use of what was learned before.
    """

    useful = ChoiceField(
        _l("How useful was the session?"),
        [required(_l("Choose a number from 1 to 5."))],
        description=_l("1 is not useful, 5 is very useful."),
    )
    pace = ChoiceField(_l("How was the pace?"), [required(_l("Choose one."))])
    used_before = ChoiceField(
        _l("How much of what you learned last time have you used?"), [required(_l("Choose one."))]
    )
    comment = LongTextField(_l("What should we keep or change?"), [length(high=500)])
    allows_quote = BooleanField(_l("The business garden may quote the comment, with the company's name"))

    def __init__(self, session_number: int, given: Answers | None) -> None:
        texts = (
            {name: "" if value is None else str(value) for name, value in asdict(given).items()}
            if given
            else {}
        )
        super().__init__(data=texts | {"allows_quote": given is not None and given.allows_quote})
        for field, labels in ((self.useful, USEFUL), (self.pace, PACE), (self.used_before, USED_BEFORE)):
            field.set_choices(list(labels.items()))
        if session_number <= 1:
            del self.used_before

    def answers(self) -> Answers:
        """Return the submitted answers."""
        return Answers(
            useful=int(self.useful.data),
            pace=int(self.pace.data),
            used_before=int(self.used_before.data) if "used_before" in self else None,
            comment=self.comment.data or "",
            allows_quote=bool(self.allows_quote.data),
        )
