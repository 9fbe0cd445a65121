"""Hash-chain the audit log, and store values before and after a change.

Revision ID: 0007
Revises: 0006
"""

import datetime as dt
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from marketplace.audit.chain import START, event_hash

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("audit_event") as table:
        table.add_column(sa.Column("changes", sa.JSON(), server_default="{}", nullable=False))
        table.add_column(sa.Column("previous_hash", sa.String(length=64)))
        table.add_column(sa.Column("hash", sa.String(length=64)))
    _chain_all()
    with op.batch_alter_table("audit_event") as table:
        table.alter_column("changes", existing_type=sa.JSON(), server_default=None)
        table.alter_column("previous_hash", existing_type=sa.String(length=64), nullable=False)
        table.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
        table.create_unique_constraint(table.f("uq_audit_event_previous_hash"), ["previous_hash"])


def _chain_all() -> None:
    connection, previous = op.get_bind(), START
    query = (
        "SELECT id, at, actor_id, organisation_id, action, object_type, object_id, details FROM audit_event"
    )
    for row in connection.execute(sa.text(f"{query} ORDER BY id")).all():
        details = json.loads(row.details) if isinstance(row.details, str) else row.details
        told: tuple[Any, ...] = (
            row.actor_id,
            row.organisation_id,
            row.action,
            row.object_type,
            row.object_id,
            details,
            {},
        )
        found = event_hash(previous, _moment(row.at), told)
        connection.execute(
            sa.text("UPDATE audit_event SET previous_hash = :previous, hash = :hash WHERE id = :id"),
            {"previous": previous, "hash": found, "id": row.id},
        )
        previous = found


def _moment(value: Any) -> dt.datetime:
    """Return a moment as SQLite (text without a zone) or PostgreSQL gives it."""
    found = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("audit_event") as table:
        table.drop_constraint(table.f("uq_audit_event_previous_hash"), type_="unique")
        for name in ("changes", "previous_hash", "hash"):
            table.drop_column(name)
