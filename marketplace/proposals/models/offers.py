"""Database models for offers: proposals, revisions, scores and awards.

The content that a supplier writes is encrypted, see `core/sealing.py`. `content`, `submitted_content` and
`supplier_reason` are properties that encrypt and decrypt it.
"""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.briefs.models import Brief, BriefVersion
from marketplace.core import clock, sealing
from marketplace.core.database import Entity, keyring
from marketplace.core.i18n import lazy_gettext as _
from marketplace.core.identifiers import random_id
from marketplace.core.personal_data import CLOSED_BRIEF, DECISION, SEALED, exported
from marketplace.files.checks import CheckedFile
from marketplace.files.models import StoredFile
from marketplace.proposals.lifecycle import ProposalState
from marketplace.suppliers.models import Supplier


class Proposal(Entity):
    """A supplier's offer for a brief; at most one per supplier and brief. States are defined in `lifecycle.py`.

    `content` is the draft, `submitted_content` the version that counts; only the supplier may read either before the
    brief is opened. `supplier_reason` is the supplier's reason for withdrawing or declining. From `opened_at` on, the
    database rejects changes to the submitted content. `reminded_at` is when the supplier was last reminded of changes
    that are not sent. `repeats` counts the supplier's other opened offers with the same text.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("brief_id", "supplier_id"),)
    __retention__ = {
        "data_key": CLOSED_BRIEF,
        "outcome_good": CLOSED_BRIEF,
        "outcome_text": CLOSED_BRIEF,
        "sealed_content": SEALED,
        "sealed_reason": SEALED,
        "sealed_submission": SEALED,
    }
    __export__ = {"created_by_id": exported("offers_begun", "created_at")}
    __audit_names__ = {
        "proposal": _("Offer"),
        "proposal.begin": _("Started an offer"),
        "proposal.close": _("Closed an offer"),
        "proposal.decline_award": _("Declined a job that was won"),
        "proposal.resume": _("Restored an offer"),
        "proposal.rule_out": _("Ruled out an offer"),
        "proposal.save": _("Saved an offer"),
        "proposal.submit": _("Sent an offer"),
        "proposal.withdraw": _("Withdrew an offer"),
        "proposal.remind": _("Reminded a supplier of changes that are not sent"),
    }

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    supplier_id: Mapped[int] = mapped_column(ForeignKey("supplier.id"), index=True)
    brief_version_id: Mapped[int] = mapped_column(ForeignKey("brief_version.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(16), default="draft")
    data_key: Mapped[str] = mapped_column(Text)
    sealed_content: Mapped[str] = mapped_column(Text)
    sealed_submission: Mapped[str | None] = mapped_column(Text)
    sealed_reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    submitted_at: Mapped[dt.datetime | None]
    withdrawn_at: Mapped[dt.datetime | None]
    opened_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    outcome_code: Mapped[str] = mapped_column(String(30), default="")
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    outcome_good: Mapped[str] = mapped_column(Text, default="")
    outcome_seen_at: Mapped[dt.datetime | None]
    reminded_at: Mapped[dt.datetime | None]
    repeats: Mapped[int] = mapped_column(default=0, server_default="0")

    brief: Mapped[Brief] = relationship(innerjoin=True)
    brief_version: Mapped[BriefVersion] = relationship(innerjoin=True)
    supplier: Mapped[Supplier] = relationship(innerjoin=True)
    revisions: Mapped[list["ProposalRevision"]] = relationship(
        cascade="all, delete-orphan", order_by="ProposalRevision.number", back_populates="proposal"
    )
    evaluations: Mapped[list["Evaluation"]] = relationship(
        cascade="all, delete-orphan", back_populates="proposal"
    )

    def __init__(self, **values: Any) -> None:
        """Create an offer with a new data key, encrypting the values that are sealed."""
        self.id = values.pop("id", None) or random_id()
        self.data_key = sealing.new_data_key(keyring(), self.sealed_as)
        super().__init__(**{"content": {}} | values)

    @property
    def is_under_seal(self) -> bool:
        """True while changes to this row must be kept out of all logs that others can read."""
        return self.opened_at is None

    @property
    def can_be_restored(self) -> bool:
        """True if the offer was withdrawn while it was sealed. A withdrawal after the opening is final."""
        return self.state == ProposalState.WITHDRAWN and self.opened_at is None

    @property
    def sealed_as(self) -> str:
        """Associated data that binds all ciphertexts of the offer to its row."""
        return f"proposal:{self.id}"

    @property
    def is_erased(self) -> bool:
        """True if the data key has been deleted because the retention period is over."""
        return not self.data_key

    def seal(self, part: str, value: Any) -> str:
        """Encrypt a part of the offer."""
        return sealing.seal(keyring(), self.data_key, self.sealed_as, part, value)

    def unseal(self, part: str, ciphertext: str) -> Any:
        """Decrypt a part of the offer. Raises SealError."""
        return sealing.unseal(keyring(), self.data_key, self.sealed_as, part, ciphertext)

    def seal_file(self, checked: CheckedFile) -> StoredFile:
        """Encrypt a file with the offer's data key; its name and type belong in the sealed content."""
        file_id = random_id()
        data = sealing.seal_bytes(keyring(), self.data_key, self.sealed_as, f"file:{file_id}", checked.data)
        return StoredFile(id=file_id, proposal_id=self.id, size=len(data), data=data)

    def unseal_file(self, stored: StoredFile) -> bytes:
        """Decrypt a file of the offer. Raises SealError."""
        return sealing.unseal_bytes(
            keyring(), self.data_key, self.sealed_as, f"file:{stored.id}", stored.data
        )

    @property
    def content(self) -> dict[str, Any]:
        """Current draft of the supplier."""
        found: dict[str, Any] = {} if self.is_erased else self.unseal("content", self.sealed_content)
        return found

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        self.sealed_content = self.seal("content", value)

    @property
    def submitted_content(self) -> dict[str, Any] | None:
        """Submitted content, or None if nothing has been submitted."""
        if self.sealed_submission is None:
            return None
        found: dict[str, Any] = {} if self.is_erased else self.unseal("submission", self.sealed_submission)
        return found

    @submitted_content.setter
    def submitted_content(self, value: dict[str, Any] | None) -> None:
        self.sealed_submission = None if value is None else self.seal("submission", value)

    @property
    def supplier_reason(self) -> str:
        """Reason for withdrawing or declining, or an empty string."""
        return (
            str(self.unseal("reason", self.sealed_reason))
            if self.sealed_reason and not self.is_erased
            else ""
        )

    @supplier_reason.setter
    def supplier_reason(self, value: str) -> None:
        self.sealed_reason = self.seal("reason", value) if value else None

    def add_revision(self, content: dict[str, Any], at: dt.datetime, by_id: int | None) -> None:
        """Store submitted content as the next revision."""
        number = len(self.revisions) + 1
        sealed = self.seal(f"revision:{number}", content)
        self.revisions.append(
            ProposalRevision(number=number, sealed_content=sealed, submitted_at=at, submitted_by_id=by_id)
        )


class ProposalRevision(Entity):
    """A submitted version of an offer. All are stored; the last one counts."""

    __tablename__ = "proposal_revision"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)
    __retention__ = {"sealed_content": SEALED}
    __export__ = {"submitted_by_id": exported("offers_sent", "number", "submitted_at")}

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    number: Mapped[int]
    sealed_content: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[dt.datetime]
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    proposal: Mapped[Proposal] = relationship(back_populates="revisions", innerjoin=True)

    @property
    def content(self) -> dict[str, Any]:
        """Submitted content."""
        erased = self.proposal.is_erased
        found: dict[str, Any] = (
            {} if erased else self.proposal.unseal(f"revision:{self.number}", self.sealed_content)
        )
        return found


class Evaluation(Entity):
    """The company's score for one proposal on one criterion, 0 to 5 or none yet, with a private note."""

    is_under_seal = True  # the audit log records that scores were given, not which

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("proposal_id", "criterion"),
        CheckConstraint("score BETWEEN 0 AND 5", name="score_range"),
    )
    __retention__ = {"note": CLOSED_BRIEF}
    __export__ = {"by_id": exported("scores_given", "at", "criterion", "score", "note")}

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[str] = mapped_column(String(20))
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    proposal: Mapped[Proposal] = relationship(back_populates="evaluations", innerjoin=True)


class SealedEvent(Entity):
    """An audit event of a supplier about its offer while the brief is open.

    Stored outside the audit log, where an administrator would see it, and moved there when the brief `brief_id` is
    opened. The content is encrypted with the offer's data key.
    """

    __tablename__ = "sealed_event"
    __retention__ = {"sealed_content": SEALED}

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    sealed_content: Mapped[str] = mapped_column(Text)

    proposal: Mapped[Proposal] = relationship(innerjoin=True)

    @property
    def content(self) -> dict[str, Any]:
        """Decrypted event: action, actor_id, organisation_id, at."""
        found: dict[str, Any] = self.proposal.unseal("event", self.sealed_content)
        return found


class EmergencyAccess(Entity):
    """An administrator's time-limited access to a brief's sealed content, with the reason. Rows are immutable."""

    __tablename__ = "broken_glass"
    __retention__ = {"reason": DECISION}
    __export__ = {"by_id": exported("seals_broken", "at", "until", "reason")}
    __audit_names__ = {
        "seal.break": _("Opened sealed offers in an emergency"),
        "seal.rotate": _("Replaced the encryption key"),
    }

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    until: Mapped[dt.datetime]

    brief: Mapped[Brief] = relationship()


class Award(Entity):
    """The company's choice. A unique constraint allows one per brief.

    `handover` maps the items of the handover checklist to done, not_done or not_relevant.
    """

    __tablename__ = "award"
    __retention__ = {"handover": DECISION, "reason": DECISION}
    __export__ = {"awarded_by_id": exported("choices_made", "awarded_at", "reason")}

    brief_id: Mapped[int] = mapped_column(ForeignKey("brief.id", ondelete="CASCADE"), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    agreed_price_nok: Mapped[int]
    start_on: Mapped[dt.date]
    awarded_at: Mapped[dt.datetime] = mapped_column(default=clock.now)
    awarded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    delivered_at: Mapped[dt.datetime | None]
    handover: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    brief: Mapped[Brief] = relationship(innerjoin=True)
    proposal: Mapped[Proposal] = relationship(innerjoin=True)
