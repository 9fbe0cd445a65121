"""Ranking runs, kept so that they can be shown again exactly, and invitations to answer a brief."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs import followers
from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.suppliers.models import Supplier


class RankingRun(Base):
    """One ranking of the directory for one version of a brief: inputs, settings and result.

    `inputs` and `result` are compressed JSON; the digests (SHA-256, hexadecimal) show if a byte changed.
    """

    __tablename__ = "ranking_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    brief_version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    directory_stamp: Mapped[str] = mapped_column(String(64))
    settings: Mapped[dict[str, Any]]
    inputs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    inputs_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result_digest: Mapped[str] = mapped_column(String(64))
    matched: Mapped[int]
    excluded: Mapped[int]

    brief: Mapped[Brief] = relationship()
    brief_version: Mapped[BriefVersion] = relationship()


class Invitation(Base):
    """A company asks a supplier to answer a brief. States are in `lifecycle.py`.

    `place` is the supplier's place in the ranking run that the company chose from, from 1.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("brief_id", "supplier_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    ranking_run_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_run.id"))
    place: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10), default="invited")
    invited_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    seen_at: Mapped[dt.datetime | None]
    declined_at: Mapped[dt.datetime | None]
    decline_reason: Mapped[str] = mapped_column(String(20), default="")
    decline_text: Mapped[str] = mapped_column(Text, default="")

    brief: Mapped[Brief] = relationship()
    supplier: Mapped[Supplier] = relationship()


followers.tie(Invitation.brief_id, Invitation.supplier_id)
