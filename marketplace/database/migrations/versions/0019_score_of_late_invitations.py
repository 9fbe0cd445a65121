"""Store the score of an invited supplier that the ranking does not list.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("invitation", sa.Column("score", sa.Double(), nullable=True))


def downgrade() -> None:
    """Take the tables back to the version before."""
    op.drop_column("invitation", "score")
