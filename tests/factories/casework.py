"""Factories for notes and tasks."""

import datetime as dt
from typing import Any

from marketplace.casework.models import CaseNote, CaseTask
from marketplace.core import clock
from marketplace.core.database import session
from marketplace.core.viewer import Viewer


def note(by: Viewer, **values: Any) -> CaseNote:
    """Add a note of a member of a garden about a phone call today of 20 minutes."""
    details: dict[str, Any] = {"kind": "call", "text": "Ringte om nettbutikken.", "minutes": 20}
    details |= {"garden_id": by.organisation_id, "by_id": by.user_id, "happened_on": clock.today()}
    added = CaseNote(**(details | values))
    session.add(added)
    session.flush()
    return added


def task(by: Viewer, **values: Any) -> CaseTask:
    """Add a task of a member of a garden that is due in three days."""
    details: dict[str, Any] = {"what": "Send lista over fotografer", "assignee_id": by.user_id}
    details |= {"garden_id": by.organisation_id, "created_by_id": by.user_id}
    details["due_on"] = clock.today() + dt.timedelta(days=3)
    added = CaseTask(**(details | values))
    session.add(added)
    session.flush()
    return added
