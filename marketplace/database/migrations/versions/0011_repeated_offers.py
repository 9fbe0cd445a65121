"""Keep how many other opened offers of its supplier said the same as an offer, when it was opened.

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
    """Bring the tables to this version."""
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(sa.Column("repeats", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Go back to the version before."""
    with op.batch_alter_table("proposal") as batch:
        batch.drop_column("repeats")
