"""Forms for issuing a report and for links to it."""

import datetime as dt

from wtforms import HiddenField

from marketplace.core import clock
from marketplace.core.i18n import LOCALES, current_locale, lazy_gettext as _l
from marketplace.core.identifiers import parse_id
from marketplace.reporting.use_cases import IssueDetails, LinkDetails
from marketplace.web.forms import BaseForm, ChoiceField, DayField, TextField, length, required

LINK_DAYS = 365


class IssueForm(BaseForm):
    """The period of a report to issue. `newest` is the number of the newest issue that the page shows."""

    from_on = DayField(_l("From"), [required()])
    to_on = DayField(_l("To"), [required()])
    newest = HiddenField(default="0")

    def details(self) -> IssueDetails:
        """Return the submitted details. A hidden field that was tampered with becomes -1, the number of no issue."""
        newest = parse_id(self.newest.data or "")
        return IssueDetails(self.from_on.data, self.to_on.data, -1 if newest is None else newest)


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
        return self.details_as(LinkDetails)
