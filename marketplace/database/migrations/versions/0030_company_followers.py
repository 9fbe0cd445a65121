"""Store which business gardens follow a company.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table. The garden that covers an existing company's municipality follows it from its registration."""
    op.create_table(
        "company_follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["company.id"],
            name=op.f("fk_company_follower_company_id_company"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"],
            ["business_garden.id"],
            name=op.f("fk_company_follower_garden_id_business_garden"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_follower")),
        sa.UniqueConstraint("company_id", "garden_id", "why", name=op.f("uq_company_follower_company_id")),
    )
    op.create_index(op.f("ix_company_follower_company_id"), "company_follower", ["company_id"], unique=False)
    op.create_index(op.f("ix_company_follower_garden_id"), "company_follower", ["garden_id"], unique=False)
    op.execute(
        "INSERT INTO company_follower (company_id, garden_id, why, since) "
        "SELECT company.id, company.garden_id, 'area', organisation.created_at "
        "FROM company JOIN organisation ON organisation.id = company.id WHERE company.garden_id IS NOT NULL"
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("company_follower")
