"""${message}."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.database
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Upgrade to this version."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Downgrade to the previous version."""
    ${downgrades if downgrades else "pass"}
