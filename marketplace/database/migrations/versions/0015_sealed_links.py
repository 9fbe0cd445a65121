"""Encrypt the links of queued e-mail, erase those of sent e-mail, and drop the target, which may hold a token.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core import sealing

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _waiting(column: str) -> list[sa.RowMapping]:
    query = (
        f"SELECT id, message_id, {column} AS link FROM outbox_mail WHERE {column} <> '' AND state = 'waiting'"  # noqa: S608 because the column is one of two constants
    )
    return list(op.get_bind().execute(sa.text(query)).mappings())


def _context(row: sa.RowMapping) -> str:
    return f"outbox_mail:{row['message_id']}:link"


def upgrade() -> None:
    """Encrypt links."""
    with op.batch_alter_table("outbox_mail") as table:
        table.add_column(sa.Column("sealed_link", sa.String(length=1000), server_default="", nullable=False))
    for row in _waiting("link_path"):
        keyring = sealing.keyring_of(op.get_bind().engine.url)
        op.get_bind().execute(
            sa.text("UPDATE outbox_mail SET sealed_link = :sealed WHERE id = :id"),
            {"sealed": keyring.wrap(str(row["link"]).encode(), _context(row)), "id": row["id"]},
        )
    with op.batch_alter_table("outbox_mail") as table:
        table.alter_column(
            "sealed_link", existing_type=sa.String(length=1000), existing_nullable=False, server_default=None
        )
        table.drop_column("link_path")
    with op.batch_alter_table("one_time_link") as table:
        table.drop_column("target")


def downgrade() -> None:
    """Decrypt the links of queued e-mail."""
    with op.batch_alter_table("one_time_link") as table:
        table.add_column(sa.Column("target", sa.String(length=300), server_default="", nullable=False))
    with op.batch_alter_table("one_time_link") as table:
        table.alter_column(
            "target", existing_type=sa.String(length=300), existing_nullable=False, server_default=None
        )
    with op.batch_alter_table("outbox_mail") as table:
        table.add_column(sa.Column("link_path", sa.String(length=300), server_default="", nullable=False))
    for row in _waiting("sealed_link"):
        keyring = sealing.keyring_of(op.get_bind().engine.url)
        op.get_bind().execute(
            sa.text("UPDATE outbox_mail SET link_path = :path WHERE id = :id"),
            {"path": keyring.unwrap(row["link"], _context(row)).decode(), "id": row["id"]},
        )
    with op.batch_alter_table("outbox_mail") as table:
        table.alter_column(
            "link_path", existing_type=sa.String(length=300), existing_nullable=False, server_default=None
        )
        table.drop_column("sealed_link")
