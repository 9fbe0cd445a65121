"""The audit log: who did what, on behalf of which organisation. Rows are only added, in a hash chain."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Entity
from marketplace.core.personal_data import FACTS, exported


class AuditEvent(Entity):
    """One act, written in the same transaction as the change itself.

    Holds no secrets and no sealed content; users and organisations are stored as ids, so that erasing a name
    changes nothing here. `changes` holds old and new values by object and column. `hash` is the SHA-256 of these
    columns and of the previous hash. Triggers reject updates and deletions.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_action", "action", "object_id"),
        Index("ix_audit_event_object", "object_type", "object_id"),
    )
    __retention__ = {"changes": FACTS, "details": FACTS}
    __export__ = {"actor_id": exported("acts", "at", "action", "object_type", "object_id")}

    at: Mapped[dt.datetime] = mapped_column(default=clock.now, index=True)
    actor_id: Mapped[int | None]
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(30))
    object_id: Mapped[str] = mapped_column(String(40))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
