"""add consents and replies to outcomes."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Upgrade to this version."""

    op.create_table(
        "outcome_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user_account.id"], name=op.f("fk_outcome_reply_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"],
            ["outcome.id"],
            name=op.f("fk_outcome_reply_outcome_id_outcome"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_reply")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_outcome_reply_outcome_id")),
    )
    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("measured_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("measurement_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("next_company", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("for_supplier", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("for_garden", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("for_similar", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key(
            batch_op.f("fk_outcome_answer_measurement_id_measurement"),
            "measurement",
            ["measurement_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    """Downgrade to the previous version."""

    with op.batch_alter_table("outcome_answer", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_outcome_answer_measurement_id_measurement"), type_="foreignkey"
        )
        batch_op.drop_column("for_similar")
        batch_op.drop_column("for_garden")
        batch_op.drop_column("for_supplier")
        batch_op.drop_column("next_company")
        batch_op.drop_column("measurement_id")
        batch_op.drop_column("measured_on")

    op.drop_table("outcome_reply")
