"""Add recovery codes, attempt counters and confirmed addresses of users."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0003"
down_revision = "0002"

MOMENT = marketplace.core.database.UtcDateTime(timezone=True)


def _new_columns() -> list[tuple[str, sa.Column[object]]]:
    return [
        ("one_time_link", sa.Column("email", sa.String(length=254), nullable=False, server_default="")),
        ("one_time_link", sa.Column("target", sa.String(length=300), nullable=False, server_default="")),
        ("sign_in_session", sa.Column("second_factor_at", MOMENT, nullable=True)),
        ("user_account", sa.Column("email_verified_at", MOMENT, nullable=True)),
        ("user_account", sa.Column("second_factor_secret", sa.String(length=255), nullable=True)),
        ("user_account", sa.Column("second_factor_at", MOMENT, nullable=True)),
        ("user_account", sa.Column("second_factor_step", sa.BigInteger(), nullable=True)),
    ]


def upgrade() -> None:
    """Upgrade to this version. Existing accounts count as confirmed."""
    op.create_table(
        "throttle",
        sa.Column("subject", sa.String(length=90), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_last_at"), "throttle", ["last_at"])
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_recovery_code_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"])
    # Columns are added and dropped in place. Copying the table, as Alembic's batch mode does on SQLite, would drop the old one
    # and cascade to every row that refers to a user.
    for table, column in _new_columns():
        op.add_column(table, column)
    op.execute("UPDATE user_account SET email_verified_at = created_at")


def downgrade() -> None:
    """Downgrade to the previous version."""
    for table, column in reversed(_new_columns()):
        op.drop_column(table, column.name)
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_throttle_last_at"), table_name="throttle")
    op.drop_table("throttle")
