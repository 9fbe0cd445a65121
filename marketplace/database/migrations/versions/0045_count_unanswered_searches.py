"""count unanswered searches."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "unanswered_search",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("week", "code", "place", name=op.f("pk_unanswered_search")),
    )


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.drop_table("unanswered_search")
