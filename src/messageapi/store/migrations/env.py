"""Alembic's entry: runs in the transaction that migrate.py opened."""

from alembic import context

from messageapi.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column: Alembic copies the table instead
)
context.run_migrations()
