"""Rows that are corrected by new rows: the valid ones now or as of a moment, and the one that a correction replaces."""

import datetime as dt
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased

from marketplace.core.database import session
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import gettext as _
from marketplace.finance.models import AidGrant, FundingSource, HoursEntry, MoneyEntry

Corrected = TypeVar("Corrected", HoursEntry, FundingSource, MoneyEntry, AidGrant)


def is_valid(model: Any, as_of: dt.datetime | None = None) -> ColumnElement[bool]:
    """Build the condition that a row has not been replaced; with `as_of`, that it was recorded and not yet replaced then."""
    later = _later(model)
    replaced = later.replaces_id == model.id
    if as_of is None:
        return ~exists().where(replaced)
    return and_(model.recorded_at <= as_of, ~exists().where(replaced, later.recorded_at <= as_of))


@cache
def _later(model: Any) -> Any:
    """Return the alias of a model for the row that replaces another; creating one takes longer than the statement."""
    return aliased(model)


def row_to_correct(model: type[Corrected], project_id: int, row_id: int) -> Corrected:
    """Return a valid row of a project. Raises NotFound, or Conflict if it has been corrected already.

    Lock the project first: two corrections of one row are then made one after the other.
    """
    row = session.get(model, row_id)
    if row is None or row.project_id != project_id:
        raise NotFound
    if session.query(exists().where(model.replaces_id == row_id)).scalar():
        raise Conflict(_("This row has been corrected already. Go back to the list and see the new one."))
    return row
