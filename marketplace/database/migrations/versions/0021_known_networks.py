"""Store networks that users have signed in from.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "known_network",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("network_hash", sa.String(length=64), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_known_network_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_network")),
    )
    op.create_index(op.f("ix_known_network_network_hash"), "known_network", ["network_hash"], unique=False)
    op.create_index(op.f("ix_known_network_user_id"), "known_network", ["user_id"], unique=False)


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("known_network")
