"""Store how many of the supplier's other opened offers had the same text when an offer was opened.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("repeats", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("proposal") as batch:
        batch.drop_column("repeats")
