"""Forms about a shared strategy: comments, reviews and deletion."""

from wtforms import BooleanField

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.strategy.limits import MAX_COMMENT
from marketplace.strategy.use_cases.reviews import CHANGES, OK
from marketplace.web.forms import BaseForm, ChoiceField, LongTextField, length, required


class CommentForm(BaseForm):
    """A comment on a section."""

    text = LongTextField(
        _l("Your comment"),
        [required(_l("Write a comment.")), length(high=MAX_COMMENT)],
        render_kw={"rows": "4"},
    )


class ReviewRequestForm(BaseForm):
    """A request for review of the newest version."""

    message = LongTextField(
        _l("Is there anything the adviser should look at?"),
        [length(high=MAX_COMMENT)],
        render_kw={"rows": "3"},
    )


class AnswerReviewForm(BaseForm):
    """The answer of a garden to a request for review of a version."""

    verdict = ChoiceField(
        _l("What do you think of the strategy?"),
        [required(_l("Choose an answer."))],
        choices=[(OK, _l("It is fine as it is")), (CHANGES, _l("I suggest changes"))],
    )
    text = LongTextField(
        _l("What do you want to say to the company?"), [length(high=MAX_COMMENT)], render_kw={"rows": "5"}
    )


class DeleteStrategyForm(BaseForm):
    """Confirmation that the strategy is to be deleted."""

    sure = BooleanField(
        _l("I understand that this cannot be undone"),
        [required(_l("Select this if you want to delete the strategy."))],
    )
