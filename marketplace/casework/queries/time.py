"""Minutes that a garden has spent on companies, by month, company and activity."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, select

from marketplace.casework.models import CaseNote
from marketplace.core.collation import sort_key
from marketplace.core.database import session
from marketplace.core.errors import NotFound
from marketplace.core.viewer import Viewer
from marketplace.organisations.models import Organisation
from marketplace.programme.models.participation import Participation


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Minutes spent on one company with one activity in one month. `month` is the first day, `notes` the number of notes."""

    month: dt.date
    company: str
    kind: str
    minutes: int
    notes: int


def time_rows(viewer: Viewer) -> list[TimeRow]:
    """Return the minutes noted by the viewer's garden, the newest month first. Raises NotFound outside gardens."""
    if not viewer.is_garden:
        raise NotFound
    company_id = func.coalesce(CaseNote.company_id, Participation.company_id)
    query = (
        select(
            func.coalesce(
                cast(company_id, String), Participation.organisation_number, cast(Participation.id, String)
            ),
            CaseNote.happened_on,
            func.coalesce(Organisation.name, Participation.company_name),
            CaseNote.kind,
            CaseNote.minutes,
        )
        .outerjoin(Participation, Participation.id == CaseNote.participation_id)
        .outerjoin(Organisation, Organisation.id == company_id)
        .where(CaseNote.garden_id == viewer.organisation_id, CaseNote.minutes > 0)
    )
    minutes: dict[tuple[str, dt.date, str, str], list[int]] = defaultdict(list)
    for identifier, happened_on, company, kind, spent in session.execute(query):
        minutes[identifier, happened_on.replace(day=1), company, kind].append(spent or 0)
    rows = [TimeRow(*key[1:], sum(spent), len(spent)) for key, spent in minutes.items()]
    return sorted(rows, key=lambda row: (-row.month.toordinal(), sort_key(row.company), row.kind))


def months_of(rows: Sequence[TimeRow]) -> list[dt.date]:
    """Return the months of the given rows, newest first."""
    return sorted({row.month for row in rows}, reverse=True)
