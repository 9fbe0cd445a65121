"""Store the score of an invited supplier that the ranking does not list.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("invitation", sa.Column("score", sa.Float(), nullable=True))


def downgrade() -> None:
    """Take the tables back to the version before."""
    op.drop_column("invitation", "score")
