"""Store which companies a garden knows, and when a first publication opens.

Companies that have published a brief before count as known: their gardens were notified of it.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade to this version."""
    op.add_column("company", sa.Column("known_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("brief_review", sa.Column("opens_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_brief_review_opens_at"), "brief_review", ["opens_at"])
    op.execute(
        "UPDATE company SET known_at = (SELECT min(brief.published_at) FROM brief WHERE brief.company_id = company.id)"
    )


def downgrade() -> None:
    """Downgrade to the previous version. Waiting briefs become drafts."""
    op.execute("UPDATE brief SET state = 'draft' WHERE state = 'waiting'")
    op.drop_index(op.f("ix_brief_review_opens_at"), table_name="brief_review")
    op.drop_column("brief_review", "opens_at")
    op.drop_column("company", "known_at")
