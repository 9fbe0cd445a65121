"""Add a table for uploaded files: logos, images of case studies, attachments of briefs and offers.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Upgrade to this version."""
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("brief_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("alternative_text", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", marketplace.core.database.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN supplier_id IS NULL THEN 0 ELSE 1 END + CASE WHEN case_id IS NULL THEN 0 ELSE 1 END + "
            "CASE WHEN brief_id IS NULL THEN 0 ELSE 1 END + CASE WHEN proposal_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_stored_file_one_owner"),
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["brief.id"], name=op.f("fk_stored_file_brief_id_brief"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_study.id"], name=op.f("fk_stored_file_case_id_case_study"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_stored_file_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_stored_file_supplier_id_supplier"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_brief_id"), ["brief_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_supplier_id"), ["supplier_id"], unique=False)


def downgrade() -> None:
    """Downgrade to the previous version."""
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_supplier_id"))
        batch_op.drop_index(batch_op.f("ix_stored_file_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_stored_file_case_id"))
        batch_op.drop_index(batch_op.f("ix_stored_file_brief_id"))

    op.drop_table("stored_file")
