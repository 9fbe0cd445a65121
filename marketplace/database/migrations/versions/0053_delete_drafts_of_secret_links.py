"""Delete the drafts of forms that a secret link authorizes: their path contains the token of the link.

Earlier versions saved such drafts. Tokens are stored as hashes only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

SECRET_LINKS = (
    "/confirm/",
    "/confirmations/",
    "/courses/seat/",
    "/invitations/",
    "/invited/",
    "/reset/",
    "/sessions/",
)


def upgrade() -> None:
    """Delete the drafts."""
    path = sa.column("path", sa.String)
    is_secret = sa.or_(*(path.startswith(prefix) for prefix in SECRET_LINKS))
    op.execute(sa.delete(sa.table("form_draft", path)).where(is_secret))


def downgrade() -> None:
    """Deleted drafts stay deleted."""
