"""Keep the details that an unconfirmed sign-up replaces."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Upgrade to this version."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details_before_sign_up", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_column("details_before_sign_up")
