"""Forms for issuing a report and for links to it."""

import datetime as dt

from wtforms import HiddenField

from marketplace.core import clock
from marketplace.core.i18n import LOCALES, current_locale
from marketplace.core.i18n import lazy_gettext as _l
from marketplace.core.numbers import parse_whole_number
from marketplace.reporting.use_cases.issuing import IssueDetails, LinkDetails
from marketplace.web.forms import BaseForm, ChoiceField, DayField, TextField, length, required

LINK_DAYS = 365
MAX_ISSUES = 100_000


class IssueForm(BaseForm):
    """The period of a report to issue. `newest` is the number of the newest issue that the page shows."""

    from_on = DayField(_l("From"), [required()])
    to_on = DayField(_l("To"), [required()])
    newest = HiddenField(default="0")

    def details(self) -> IssueDetails:
        """Return the submitted details. Raises UnreadableInputError for a changed hidden field."""
        newest = parse_whole_number(self.newest.data or "0", 0, MAX_ISSUES)
        return IssueDetails(self.from_on.data, self.to_on.data, newest)


class LinkForm(BaseForm):
    """A link for a reader without an account."""

    label = TextField(_l("Who gets the link"), [required(), length(2, 60)])
    locale = ChoiceField(_l("Language"), [required()], choices=list(LOCALES.items()))
    last_day = DayField(_l("Works until"), [required()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.last_day.data is None and self.last_day.typed is None:
            self.last_day.data = clock.today() + dt.timedelta(days=LINK_DAYS)
        if not self.locale.data:
            self.locale.data = current_locale()

    def details(self) -> LinkDetails:
        """Return the submitted details."""
        return LinkDetails(self.label.data or "", self.locale.data, self.last_day.data)
