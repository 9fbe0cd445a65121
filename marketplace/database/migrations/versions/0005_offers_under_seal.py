"""Encrypt offers, and store when they were opened.

Revision ID: 0005
Revises: 0004
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.core import sealing
from marketplace.core.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _rows(query: str, **values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in op.get_bind().execute(sa.text(query), values).mappings()]


def _do(query: str, **values: object) -> None:
    op.get_bind().execute(sa.text(query), values)


def _plain(value: Any) -> Any:
    """Return a JSON value as SQLite (text) or PostgreSQL (read already) gives it."""
    return json.loads(value) if isinstance(value, str) else value


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("proposal") as table:
        for name in ("data_key", "sealed_content", "sealed_submission", "sealed_reason"):
            table.add_column(sa.Column(name, sa.Text()))
        table.add_column(sa.Column("opened_at", UtcDateTime(timezone=True)))
    for name in ("proposal_revision", "sealed_event"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("sealed_content", sa.Text()))
    _seal_all()
    with op.batch_alter_table("proposal") as table:
        table.alter_column("data_key", existing_type=sa.Text(), nullable=False)
        table.alter_column("sealed_content", existing_type=sa.Text(), nullable=False)
        for name in ("content", "submitted_content", "own_reason"):
            table.drop_column(name)
    with op.batch_alter_table("proposal_revision") as table:
        table.alter_column("sealed_content", existing_type=sa.Text(), nullable=False)
        table.drop_column("content")
    with op.batch_alter_table("sealed_event") as table:
        table.alter_column("sealed_content", existing_type=sa.Text(), nullable=False)
        for name in ("at", "actor_id", "organisation_id", "action"):
            table.drop_column(name)


def _seal_all() -> None:
    found = _rows("SELECT id, brief_id, state, content, submitted_content, own_reason FROM proposal")
    if not found:
        return
    keys = sealing.keyring_of(op.get_bind().engine.url)
    for row in found:
        owner = f"proposal:{row['id']}"
        data_key = sealing.new_data_key(keys, owner)
        sent, reason = row["submitted_content"], row["own_reason"]
        _do(
            "UPDATE proposal SET data_key = :data_key, sealed_content = :content, sealed_submission = :sent, "
            "sealed_reason = :reason WHERE id = :id",
            id=row["id"],
            data_key=data_key,
            content=sealing.seal(keys, data_key, owner, "content", _plain(row["content"])),
            sent=None
            if _plain(sent) is None
            else sealing.seal(keys, data_key, owner, "submission", _plain(sent)),
            reason=sealing.seal(keys, data_key, owner, "reason", reason) if reason else None,
        )
        for part in _rows(
            "SELECT id, number, content FROM proposal_revision WHERE proposal_id = :id", id=row["id"]
        ):
            box = sealing.seal(keys, data_key, owner, f"revision:{part['number']}", _plain(part["content"]))
            _do("UPDATE proposal_revision SET sealed_content = :box WHERE id = :id", box=box, id=part["id"])
        acts = _rows(
            "SELECT id, at, actor_id, organisation_id, action FROM sealed_event WHERE proposal_id = :id",
            id=row["id"],
        )
        for act in acts:
            told = {name: act[name] for name in ("action", "actor_id", "organisation_id")}
            told["at"] = str(act["at"]).replace(" ", "T")
            box = sealing.seal(keys, data_key, owner, "event", told)
            _do("UPDATE sealed_event SET sealed_content = :box WHERE id = :id", box=box, id=act["id"])
    _do(
        "UPDATE proposal SET opened_at = (SELECT coalesce(opened_early_at, deadline) FROM brief WHERE id = brief_id) "
        "WHERE state NOT IN ('draft', 'withdrawn') AND EXISTS (SELECT 1 FROM audit_event JOIN brief "
        "ON brief.reference = audit_event.object_id WHERE brief.id = proposal.brief_id "
        "AND audit_event.object_type = 'brief' AND audit_event.action = 'brief.opened')"
    )


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("proposal") as table:
        table.add_column(sa.Column("content", sa.JSON()))
        table.add_column(sa.Column("submitted_content", sa.JSON()))
        table.add_column(sa.Column("own_reason", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("proposal_revision") as table:
        table.add_column(sa.Column("content", sa.JSON()))
    with op.batch_alter_table("sealed_event") as table:
        table.add_column(sa.Column("at", UtcDateTime(timezone=True)))
        table.add_column(sa.Column("actor_id", sa.Integer()))
        table.add_column(sa.Column("organisation_id", sa.Integer()))
        table.add_column(sa.Column("action", sa.String(length=60)))
    _open_all()
    with op.batch_alter_table("proposal") as table:
        table.alter_column("content", existing_type=sa.JSON(), nullable=False)
        for name in ("data_key", "sealed_content", "sealed_submission", "sealed_reason", "opened_at"):
            table.drop_column(name)
    with op.batch_alter_table("proposal_revision") as table:
        table.alter_column("content", existing_type=sa.JSON(), nullable=False)
        table.drop_column("sealed_content")
    with op.batch_alter_table("sealed_event") as table:
        table.alter_column("at", existing_type=UtcDateTime(timezone=True), nullable=False)
        table.alter_column("action", existing_type=sa.String(length=60), nullable=False)
        table.drop_column("sealed_content")


def _open_all() -> None:
    found = _rows("SELECT id, data_key, sealed_content, sealed_submission, sealed_reason FROM proposal")
    if not found:
        return
    keys = sealing.keyring_of(op.get_bind().engine.url)
    for row in found:
        data_key, owner = row["data_key"], f"proposal:{row['id']}"

        def opened(part: str, box: str | None, data_key: str = data_key, owner: str = owner) -> Any:
            return None if box is None else sealing.unseal(keys, data_key, owner, part, box)

        content, sent = (
            opened("content", row["sealed_content"]),
            opened("submission", row["sealed_submission"]),
        )
        _do(
            "UPDATE proposal SET content = :content, submitted_content = :sent, own_reason = :reason WHERE id = :id",
            id=row["id"],
            content=json.dumps(content),
            sent=None if sent is None else json.dumps(sent),
            reason=opened("reason", row["sealed_reason"]) or "",
        )
        parts = _rows(
            "SELECT id, number, sealed_content FROM proposal_revision WHERE proposal_id = :id", id=row["id"]
        )
        for part in parts:
            plain = json.dumps(opened(f"revision:{part['number']}", part["sealed_content"]))
            _do("UPDATE proposal_revision SET content = :plain WHERE id = :id", plain=plain, id=part["id"])
        for act in _rows("SELECT id, sealed_content FROM sealed_event WHERE proposal_id = :id", id=row["id"]):
            told = opened("event", act["sealed_content"])
            _do(
                "UPDATE sealed_event SET at = :at, actor_id = :actor_id, organisation_id = :organisation_id, "
                "action = :action WHERE id = :id",
                **(told | {"id": act["id"], "at": told["at"].replace("T", " ").removesuffix("+00:00")}),
            )
