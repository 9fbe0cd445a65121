"""The live report of the request: its period from the query string, and what it is about."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.core import clock
from marketplace.core.dates import parse_date
from marketplace.core.i18n import gettext as _
from marketplace.reporting.queries import report as queries
from marketplace.web.query_args import query_arg
from marketplace.web.viewer import current_viewer


@dataclass(frozen=True, slots=True)
class PeriodArguments:
    """The period in the query string, as dates and as typed texts, with an error message for each unusable date."""

    from_on: dt.date | None
    to_on: dt.date | None
    as_of: dt.date | None
    errors: Mapping[str, str]
    texts: Mapping[str, str]

    @property
    def valid(self) -> dict[str, str]:
        """The arguments that can be read, for the links to the files."""
        return {name: text for name, text in self.texts.items() if text and name not in self.errors}

    @property
    def moment(self) -> dt.datetime | None:
        """The end of the day as of which the report is computed, or None for now."""
        return clock.end_of_day(self.as_of) if self.as_of else None


def period_arguments() -> PeriodArguments:
    """Read the period from the query string. An unusable date is left out and reported beside its field."""
    texts = {name: query_arg(name, 40) for name in ("from", "to", "as_of")}
    days = {name: parse_date(text) for name, text in texts.items()}
    errors = {
        name: _("Enter a date, like 24.12.2026.")
        for name, text in texts.items()
        if text and days[name] is None
    }
    for name, day in days.items():
        if day is not None and not 2000 <= day.year <= 2100:  # noqa: PLR2004 because other years are typing errors
            errors[name], days[name] = _("Choose a date between 2000 and 2100."), None
    if days["from"] and days["to"] and days["from"] > days["to"]:
        errors["to"], days["to"] = _("Choose a date after the first one."), None
    if days["as_of"] and days["as_of"] > clock.today():
        errors["as_of"], days["as_of"] = _("Choose today or an earlier date."), None
    return PeriodArguments(days["from"], days["to"], days["as_of"], errors, texts)


def live_report(slug: str, asked: PeriodArguments) -> queries.LiveReport:
    """Return the report of a project, or of the viewer's garden if `slug` is empty. Raises NotFound."""
    viewer, period = current_viewer(), (asked.from_on, asked.to_on, asked.moment)
    return queries.project_report(viewer, slug, *period) if slug else queries.garden_report(viewer, *period)
