"""Facts about a project that are not figures: its owner, partners, places and period."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.i18n import format_date, format_list, gettext as _


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Names and dates of a project when a report was made. `ends_on` is None for a project without an end."""

    owner: str
    partners: tuple[str, ...]
    places: tuple[str, ...]
    starts_on: dt.date
    ends_on: dt.date | None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON values."""
        return {
            "owner": self.owner,
            "partners": list(self.partners),
            "places": list(self.places),
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat() if self.ends_on else None,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "ProjectFacts":
        """Return the facts that `to_json` wrote. Raises KeyError for another format."""
        ends_on = values["ends_on"]
        return cls(
            values["owner"],
            tuple(values["partners"]),
            tuple(values["places"]),
            dt.date.fromisoformat(values["starts_on"]),
            dt.date.fromisoformat(ends_on) if ends_on else None,
        )

    def lines(self) -> list[tuple[str, str]]:
        """Return label and text of each fact in the current language."""
        first = format_date(self.starts_on)
        last = format_date(self.ends_on) if self.ends_on else ""
        lines = [
            (_("Project owner"), self.owner),
            (_("Partners"), format_list(list(self.partners))),
            (_("Places"), format_list(list(self.places))),
            (
                _("Project period"),
                _("%(first)s to %(last)s", first=first, last=last)
                if last
                else _("From %(date)s, with no end decided", date=first),
            ),
        ]
        return [(label, text) for label, text in lines if text]
