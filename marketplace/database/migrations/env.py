"""How Alembic meets our tables: always with a live connection, batch mode on SQLite."""

from alembic import context

import marketplace.database.metadata  # noqa: F401  because importing it makes all tables known
from marketplace.core.database import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="marketplace.core.database.",
)
with context.begin_transaction():
    context.run_migrations()
