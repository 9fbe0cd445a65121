"""add report facts."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "report_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_fact")),
    )
    with op.batch_alter_table("report_fact", schema=None) as batch_op:
        batch_op.create_index("ix_report_fact_kind_owner", ["kind", "owner_id"], unique=False)
        batch_op.create_index("ix_report_fact_kind_row", ["kind", "row_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("report_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_report_fact_kind_row")
        batch_op.drop_index("ix_report_fact_kind_owner")
    op.drop_table("report_fact")
