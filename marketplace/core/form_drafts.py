"""Drafts of forms: text that a person has typed but not sent, stored encrypted for that person alone."""

import datetime as dt
import json
import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass, field

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.database import (
    Entity,
    best_effort_write,
    keyring,
    load_locked,
    session,
    transaction,
)
from marketplace.core.dates import cutoff_passed
from marketplace.core.personal_data import EXPIRY, exported
from marketplace.core.sealing import SealError

logger = logging.getLogger(__name__)
DRAFT_DAYS = 14
MAX_DRAFTS = 100
"""Drafts per user; the oldest are deleted first."""
MAX_PATH = 300
MAX_CHARACTERS = 100_000
"""Limit of the characters in the values of a draft, and of those in its field names and hidden fields together."""


@dataclass(frozen=True, slots=True)
class DraftContent:
    """Unsent values of a form, by field name.

    `hidden` are the hidden fields that say which object the form is about: a draft about another object is not
    shown. `locks` are the fields of the optimistic lock, so that a save detects what changed since the text was typed.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    locks: dict[str, str] = field(default_factory=dict)

    def merged_with(self, newer: "DraftContent") -> "DraftContent":
        """Return the newer values together with those of fields that were not typed in again."""
        if self.hidden != newer.hidden:
            return newer
        return DraftContent(self.values | newer.values, newer.hidden, newer.locks)

    @property
    def is_too_large(self) -> bool:
        """True if the draft has too many characters. Each value counts as one beside the names, to limit empty values."""
        typed = sum(len(value) for given in self.values.values() for value in given)
        other = sum(len(name) + len(given) for name, given in self.values.items())
        other += sum(len(name) + len(value) for name, value in (self.hidden | self.locks).items())
        return max(typed, other) > MAX_CHARACTERS


@dataclass(frozen=True, slots=True)
class DraftOwner:
    """The user who typed a draft, and the organisation acted for; 0 if none."""

    user_id: int
    organisation_id: int


class FormDraft(Entity):
    """A draft of one form, by the path that the form is sent to. The content is encrypted for its row."""

    __tablename__ = "form_draft"
    __table_args__ = (
        UniqueConstraint("user_id", "organisation_id", "path"),
        Index("ix_form_draft_updated_at", "updated_at"),
    )
    __retention__ = {"path": EXPIRY, "sealed_content": EXPIRY}
    __export__ = {"user_id": exported("unsent_texts", "updated_at", "path", "values")}

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(MAX_PATH))
    sealed_content: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[dt.datetime] = mapped_column(default=clock.now)

    @property
    def content(self) -> DraftContent:
        """Decrypted content. Empty if it cannot be decrypted: a draft must not make its page fail."""
        try:
            stored = json.loads(keyring().unwrap(self.sealed_content, self._context))
        except SealError as error:
            logger.warning("A draft cannot be decrypted: %s", error)
            return DraftContent()
        return DraftContent(**stored)

    @content.setter
    def content(self, content: DraftContent) -> None:
        self.sealed_content = keyring().wrap(json.dumps(asdict(content)).encode(), self._context)

    @property
    def values(self) -> dict[str, list[str]]:
        """Decrypted values by field name, for the export of personal data."""
        return self.content.values

    @property
    def _context(self) -> str:
        """Associated data of the encryption, so that a draft cannot be decrypted in another row."""
        return f"form_draft:{self.user_id}:{self.organisation_id}:{self.path}"


def find_drafts(owner: DraftOwner, paths: Collection[str]) -> dict[str, FormDraft]:
    """Return an owner's drafts by path."""
    query = select(FormDraft).where(
        FormDraft.user_id == owner.user_id,
        FormDraft.organisation_id == owner.organisation_id,
        FormDraft.path.in_(paths),
        FormDraft.updated_at >= _oldest(),
    )
    return {draft.path: draft for draft in session.scalars(query)}


def save_draft(owner: DraftOwner, path: str, content: DraftContent) -> dt.datetime | None:
    """Add values to the draft of a form; return the time of saving, or None if the draft would become too large."""
    with transaction():
        query = select(FormDraft).where(
            FormDraft.user_id == owner.user_id,
            FormDraft.organisation_id == owner.organisation_id,
            FormDraft.path == path,
        )
        draft = load_locked(query)
        if draft is None:
            draft = FormDraft(user_id=owner.user_id, organisation_id=owner.organisation_id, path=path)
        else:
            content = draft.content.merged_with(content)
        if content.is_too_large:
            return None
        draft.content, draft.updated_at = content, clock.now()
        session.add(draft)
        session.flush()
        surplus = select(FormDraft.id).where(FormDraft.user_id == owner.user_id)
        surplus = surplus.order_by(FormDraft.updated_at.desc(), FormDraft.id.desc()).offset(MAX_DRAFTS)
        if ids := session.scalars(surplus).all():
            session.execute(delete(FormDraft).where(FormDraft.id.in_(ids)))
        return draft.updated_at


def delete_draft(owner: DraftOwner, path: str) -> None:
    """Delete the draft of a form, if there is one."""
    with best_effort_write():
        if draft := find_drafts(owner, (path,)).get(path):
            with transaction():
                session.execute(delete(FormDraft).where(FormDraft.id == draft.id))


def _oldest() -> dt.datetime:
    return cutoff_passed(days=DRAFT_DAYS)
