"""The append-only history of the values that reports count."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.personal_data import FACTS


class ReportFact(Entity):
    """The values that a row of another table had from a certain time on, as codes, numbers and times. Rows are only added.

    `kind` names the table, `row_id` the row and `owner_id` the row that it belongs to. `removed` is True once the row no
    longer exists. A report as of a moment counts the newest fact of each row that was recorded by then, so that it can be
    computed again after the rows have been changed, removed or erased.
    """

    __tablename__ = "report_fact"
    __table_args__ = (
        Index("ix_report_fact_kind_row", "kind", "row_id"),
        Index("ix_report_fact_kind_owner", "kind", "owner_id"),
    )
    __retention__ = {"values": FACTS}

    kind: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[int]
    owner_id: Mapped[int]
    recorded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    removed: Mapped[bool] = mapped_column(default=False)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
