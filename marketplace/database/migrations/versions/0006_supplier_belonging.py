"""Add transfers of suppliers and conflicts of interest."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "supplier_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("from_garden_id", sa.Integer(), nullable=False),
        sa.Column("to_garden_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_supplier_move_answered_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_supplier_move_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["from_garden_id"],
            ["business_garden.id"],
            name=op.f("fk_supplier_move_from_garden_id_business_garden"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_move_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_garden_id"],
            ["business_garden.id"],
            name=op.f("fk_supplier_move_to_garden_id_business_garden"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_move")),
    )
    with op.batch_alter_table("supplier_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_move_from_garden_id"), ["from_garden_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_move_supplier_id"), ["supplier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_move_to_garden_id"), ["to_garden_id"], unique=False)
        batch_op.create_index(
            "uq_supplier_move_asked",
            ["supplier_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "supplier_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("stated_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_tie_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_supplier_tie_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_tie")),
        sa.UniqueConstraint("user_id", "supplier_id", name=op.f("uq_supplier_tie_user_id")),
    )
    with op.batch_alter_table("supplier_tie", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_tie_supplier_id"), ["supplier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplier_tie_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("supplier_tie", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supplier_tie_user_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_tie_supplier_id"))

    op.drop_table("supplier_tie")
    with op.batch_alter_table("supplier_move", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_supplier_move_asked",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.drop_index(batch_op.f("ix_supplier_move_to_garden_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_move_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_supplier_move_from_garden_id"))

    op.drop_table("supplier_move")
