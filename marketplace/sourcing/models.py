"""Ranking runs with the inputs that reproduce them, exposures of suppliers, and invitations to answer a brief."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock
from marketplace.core.database import Base, Entity
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.personal_data import DECISION, EXPIRY, FACTS, exported
from marketplace.organisations.models import BusinessGarden
from marketplace.suppliers.models import Supplier


class RankedDocument(Base):
    """A supplier's document as compressed JSON, stored once under its SHA-256 and shared by directory versions."""

    __tablename__ = "ranked_document"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class DirectoryVersion(Entity):
    """A snapshot of the directory, as a list of document digests.

    `members` are the digests in order, compressed; `digest` is the SHA-256 of the list. Every process fits its index
    on the version with the newest `base_since`.
    """

    __tablename__ = "directory_version"
    __audit_names__ = {
        "directory_version": _("Search index"),
    }

    digest: Mapped[str] = mapped_column(String(64), unique=True)
    members: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    base_since: Mapped[dt.datetime | None] = mapped_column(index=True)


class RankingRun(Entity):
    """One ranking of the directory for one version of a brief: inputs, settings and result.

    `inputs` and `result` are compressed JSON with SHA-256 checksums in hexadecimal. `base` is the directory version
    that the index was fitted on, `directory` the one that it ranked, and `matcher` the digest of glossary and formulas;
    together they reproduce the run. The oldest runs have none of the three, and runs without texts (`run_erasure`) no versions.
    """

    __tablename__ = "ranking_run"
    __retention__ = {"settings": FACTS}

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    brief_version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id", ondelete="CASCADE"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("directory_version.id"))
    directory_id: Mapped[int | None] = mapped_column(ForeignKey("directory_version.id"), index=True)
    matcher: Mapped[str] = mapped_column(String(64), server_default="")
    settings: Mapped[dict[str, Any]]
    inputs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_group="content")
    inputs_digest: Mapped[str] = mapped_column(String(64))
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_group="content")
    result_digest: Mapped[str] = mapped_column(String(64))
    matched: Mapped[int]
    excluded: Mapped[int]

    brief: Mapped[Brief] = relationship(innerjoin=True)
    brief_version: Mapped[BriefVersion] = relationship(innerjoin=True)
    base: Mapped[DirectoryVersion | None] = relationship(foreign_keys=base_id)
    directory: Mapped[DirectoryVersion | None] = relationship(foreign_keys=directory_id)


class Exposure(Base):
    """A supplier on the first page of a ranking. Ties are rotated by these rows.

    Offers must not influence them: a supplier's rank must not reveal who has answered a brief.
    """

    __tablename__ = "exposure"

    ranking_run_id: Mapped[int] = mapped_column(
        ForeignKey("ranking_run.id", ondelete="CASCADE"), primary_key=True
    )
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), primary_key=True, index=True)
    place: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)


class Invitation(Entity):
    """An invitation from a company to a supplier to answer a brief. `lifecycle` has the states.

    `place` is the supplier's rank, from 1, in the run that the company chose from. It is None for a supplier that the run
    does not list; `score` is then the score that the run's settings give it, or None if the run would exclude it.
    `suggested_by_id` is the business garden that added the supplier for the company, and `suggestion` its reason.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("brief_id", "supplier_id"),)
    __retention__ = {"decline_text": DECISION, "suggestion": DECISION}
    __export__ = {"invited_by_id": exported("suppliers_invited", "invited_at")}

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    ranking_run_id: Mapped[int | None] = mapped_column(ForeignKey("ranking_run.id"))
    place: Mapped[int | None]
    score: Mapped[float | None]
    state: Mapped[str] = mapped_column(String(10), default="invited")
    invited_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    seen_at: Mapped[dt.datetime | None]
    declined_at: Mapped[dt.datetime | None]
    decline_reason: Mapped[str] = mapped_column(String(20), default="")
    decline_text: Mapped[str] = mapped_column(Text, default="")
    suggested_by_id: Mapped[int | None] = mapped_column(ForeignKey("business_garden.id"))
    suggestion: Mapped[str] = mapped_column(Text, default="", server_default="")

    brief: Mapped[Brief] = relationship(innerjoin=True)
    supplier: Mapped[Supplier] = relationship(innerjoin=True)
    suggested_by: Mapped[BusinessGarden | None] = relationship()


class OutsideInvitation(Entity):
    """An e-mailed invitation to a supplier that is not approved yet. Only the hash of its token is stored.

    `supplier_id` is the supplier that has applied with it. `result` is empty while it is pending, then "invited", or
    "late" if the brief closed before the approval.
    """

    __tablename__ = "outside_invitation"
    __table_args__ = (UniqueConstraint("brief_id", "email"),)
    __retention__ = {"email": EXPIRY, "message": EXPIRY}
    __export__ = {"invited_by_id": exported("suppliers_invited_by_mail", "invited_at", "email", "message")}

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    message: Mapped[str] = mapped_column(Text, default="")
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id"), index=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    result: Mapped[str] = mapped_column(String(10), default="")
    settled_at: Mapped[dt.datetime | None]

    brief: Mapped[Brief] = relationship(innerjoin=True)
    supplier: Mapped[Supplier | None] = relationship()
