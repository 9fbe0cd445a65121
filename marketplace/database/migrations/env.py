"""Alembic environment: runs on the connection of the caller, in batch mode on SQLite."""

from alembic import context

from marketplace.database.metadata import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata", METADATA),
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="marketplace.core.database.",
)
with context.begin_transaction():
    context.run_migrations()
