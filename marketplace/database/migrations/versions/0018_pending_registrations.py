"""Store registrations separately from users until their address is confirmed.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table. Users who have not confirmed their address lose it, so that its owner can register."""
    op.create_table(
        "pending_registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_key_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("organisation_name", sa.String(length=120), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_registration")),
        sa.UniqueConstraint("browser_key_hash", name=op.f("uq_pending_registration_browser_key_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pending_registration_token_hash")),
    )
    op.create_index(op.f("ix_pending_registration_email"), "pending_registration", ["email"], unique=False)
    op.execute("DELETE FROM one_time_link WHERE purpose = 'verify'")
    op.execute(
        "DELETE FROM sign_in_session WHERE user_id IN "
        "(SELECT id FROM user_account WHERE email_verified_at IS NULL AND erased_at IS NULL)"
    )
    op.execute(
        "UPDATE user_account SET email = 'unconfirmed-' || id || '@erased.invalid', is_active = false "
        "WHERE email_verified_at IS NULL AND erased_at IS NULL"
    )


def downgrade() -> None:
    """Drop the table with its pending registrations."""
    op.drop_table("pending_registration")
