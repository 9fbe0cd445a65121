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
    """Upgrade to this version."""
    op.add_column("invitation", sa.Column("score", sa.Double(), nullable=True))


def downgrade() -> None:
    """Downgrade to the previous version."""
    op.drop_column("invitation", "score")
