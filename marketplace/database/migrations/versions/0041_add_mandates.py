"""add mandates."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("garden_id", sa.Integer(), nullable=False),
        sa.Column("given_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("warned_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_mandate_company_id_company"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["garden_id"], ["business_garden.id"], name=op.f("fk_mandate_garden_id_business_garden")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["user_account.id"], name=op.f("fk_mandate_given_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_mandate_withdrawn_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index("ix_mandate_company", ["company_id", "garden_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_garden_id"), ["garden_id"], unique=False)

    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("asked_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("declined_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("declined_by_id", sa.Integer(), nullable=True),
        sa.Column("decline_reason", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_confirmation_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["user_account.id"],
            name=op.f("fk_confirmation_confirmed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["declined_by_id"], ["user_account.id"], name=op.f("fk_confirmation_declined_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"],
            ["mandate.id"],
            name=op.f("fk_confirmation_mandate_id_mandate"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_mandate_id"), ["mandate_id"], unique=False)
        batch_op.create_index("ix_confirmation_object", ["act", "reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_outcome"), ["outcome"], unique=False)

    op.create_table(
        "confirmation_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("confirmation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation.id"],
            name=op.f("fk_confirmation_link_confirmation_id_confirmation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_confirmation_link_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_confirmation_link_token_hash")),
    )
    with op.batch_alter_table("confirmation_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_confirmation_link_confirmation_id"), ["confirmation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_confirmation_link_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("acting_mandate_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("sign_in_session", schema=None) as batch_op:
        batch_op.drop_column("acting_mandate_id")

    with op.batch_alter_table("confirmation_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_link_user_id"))
        batch_op.drop_index(batch_op.f("ix_confirmation_link_confirmation_id"))

    op.drop_table("confirmation_link")
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_confirmation_outcome"))
        batch_op.drop_index("ix_confirmation_object")
        batch_op.drop_index(batch_op.f("ix_confirmation_mandate_id"))

    op.drop_table("confirmation")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_garden_id"))
        batch_op.drop_index("ix_mandate_company")

    op.drop_table("mandate")
