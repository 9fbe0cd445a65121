"""add case stories to outcomes."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Upgrade to this version."""

    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("story", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("story_shown", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "supplier_named_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True
            )
        )


def downgrade() -> None:
    """Downgrade to the previous version."""

    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.drop_column("supplier_named_at")
        batch_op.drop_column("story_shown")
        batch_op.drop_column("story")
