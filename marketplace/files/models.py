"""Stored files."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import Base
from marketplace.core.identifiers import random_id
from marketplace.core.personal_data import OWN_PROFILE
from marketplace.files.checks import CheckedFile

OWNER_COLUMNS = ("supplier_id", "case_id", "brief_id", "proposal_id", "material_id")


class StoredFile(Base):
    """A file of one supplier (its logo), case study, brief, offer or course session, deleted together with it.

    The files of an offer are encrypted with the offer's data key; their names and types are in the sealed content.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint(
            " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in OWNER_COLUMNS) + " = 1",
            name="one_owner",
        ),
    )
    __retention__ = {
        "alternative_text": OWN_PROFILE,
        "name": "deleted with the case study, brief or offer it belongs to",
    }

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=random_id)
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey("supplier.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_study.id", ondelete="CASCADE"), index=True)
    brief_id: Mapped[int | None] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    material_id: Mapped[int | None] = mapped_column(
        ForeignKey("session_material.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120), default="")
    media_type: Mapped[str] = mapped_column(String(40), default="")
    alternative_text: Mapped[str] = mapped_column(String(200), default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    def copy(self) -> "StoredFile":
        """Return a new row with the same file; the caller sets its owner."""
        return StoredFile(
            id=random_id(),
            name=self.name,
            media_type=self.media_type,
            alternative_text=self.alternative_text,
            width=self.width,
            height=self.height,
            size=self.size,
            data=self.data,
        )

    @classmethod
    def from_checked(cls, checked: CheckedFile, alternative_text: str = "") -> "StoredFile":
        """Create the row of a checked file; the caller sets its owner."""
        return cls(
            id=random_id(),
            name=checked.name,
            media_type=checked.media_type,
            alternative_text=alternative_text,
            width=checked.width,
            height=checked.height,
            size=len(checked.data),
            data=checked.data,
        )
