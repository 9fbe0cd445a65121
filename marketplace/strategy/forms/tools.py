"""Form of a company's use of a digital tool."""

from marketplace.core.i18n import lazy_gettext as _l
from marketplace.strategy.limits import MAX_ACCOUNT_OWNER
from marketplace.strategy.tool_catalogue import CONFIDENCE_LABELS, TOOL_STATE_LABELS
from marketplace.strategy.use_cases.tools import ToolDetails
from marketplace.web.forms import (
    BaseForm,
    ChoiceField,
    NokField,
    NumberChoiceField,
    TextField,
    length,
    required,
)


class ToolForm(BaseForm):
    """State, account and cost of a tool, and a new rating."""

    state = ChoiceField(_l("How do you use it?"), [required()], choices=list(TOOL_STATE_LABELS.items()))
    confidence = NumberChoiceField(
        _l("How confident are you with it today?"),
        choices=[("", _l("No new rating")), *CONFIDENCE_LABELS.items()],
        description=_l("Choose again later to see your progress."),
    )
    account_owner = TextField(
        _l("Who owns the account?"),
        [length(high=MAX_ACCOUNT_OWNER)],
        description=_l("The company should own it, not one person or a supplier."),
    )
    yearly_nok = NokField(_l("Cost per year"), description=_l("Whole kroner excluding VAT."))

    def details(self) -> ToolDetails:
        """Return the submitted details without the rating."""
        return self.details_as(ToolDetails)

    def rating(self) -> int | None:
        """Return the submitted rating, or None."""
        rating: int | None = self.confidence.data
        return rating
