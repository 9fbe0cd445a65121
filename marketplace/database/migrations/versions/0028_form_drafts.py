"""Store drafts of forms.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "form_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("sealed_content", sa.Text(), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_form_draft_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_draft")),
        sa.UniqueConstraint("user_id", "organisation_id", "path", name=op.f("uq_form_draft_user_id")),
    )
    op.create_index("ix_form_draft_updated_at", "form_draft", ["updated_at"], unique=False)


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("form_draft")
