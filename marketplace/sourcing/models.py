"""Ranking runs, kept so that they can be shown again exactly, and invitations to answer a brief."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.suppliers.models import Supplier


class RankedDocument(Base):
    """A supplier as it was ranked once, under its SHA-256: compressed JSON, shared by all versions that hold it."""

    __tablename__ = "ranked_document"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class DirectoryVersion(Base):
    """The directory at one moment: which documents it held.

    `members` are their digests in order, compressed; `digest` is the SHA-256 of those. The version with the newest
    `base_since` is the one that every process learns words and needs from.
    """

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    members: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    base_since: Mapped[dt.datetime | None] = mapped_column(index=True)


class RankingRun(Base):
    """One ranking of the directory for one version of a brief: inputs, settings and result.

    `inputs` and `result` are compressed JSON; the digests (SHA-256, hexadecimal) show if a byte changed. `base` is
    the directory that the index had learnt from, `directory` the one that it ranked, `matcher` the digest of the
    matcher's own words and formulas: with them the run can be made again. Runs from before they were kept have none.
    """

    __tablename__ = "ranking_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    brief_version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("directory_version.id"))
    directory_id: Mapped[int | None] = mapped_column(ForeignKey("directory_version.id"), index=True)
    matcher: Mapped[str] = mapped_column(String(64), server_default="")
    settings: Mapped[dict[str, Any]]
    inputs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    inputs_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result_digest: Mapped[str] = mapped_column(String(64))
    matched: Mapped[int]
    excluded: Mapped[int]

    brief: Mapped[Brief] = relationship(innerjoin=True)
    brief_version: Mapped[BriefVersion] = relationship(innerjoin=True)
    base: Mapped[DirectoryVersion | None] = relationship(foreign_keys=base_id)
    directory: Mapped[DirectoryVersion | None] = relationship(foreign_keys=directory_id)


class Exposure(Base):
    """A supplier was shown to a company: it stood among the first in a kept list. Whose turn it is, is read from here.

    Offers leave no trace here: who has answered a brief must not be read from anybody's place.
    """

    __tablename__ = "exposure"

    ranking_run_id: Mapped[int] = mapped_column(
        ForeignKey("ranking_run.id", ondelete="CASCADE"), primary_key=True
    )
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), primary_key=True, index=True)
    place: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)


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

    brief: Mapped[Brief] = relationship(innerjoin=True)
    supplier: Mapped[Supplier] = relationship(innerjoin=True)
