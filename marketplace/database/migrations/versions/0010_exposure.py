"""Store which suppliers were shown to companies, and when.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "exposure",
        sa.Column("ranking_run_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ranking_run_id"],
            ["ranking_run.id"],
            name=op.f("fk_exposure_ranking_run_id_ranking_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_exposure_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("ranking_run_id", "supplier_id", name=op.f("pk_exposure")),
    )
    op.create_index(op.f("ix_exposure_supplier_id"), "exposure", ["supplier_id"])


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.drop_index(op.f("ix_exposure_supplier_id"), "exposure")
    op.drop_table("exposure")
