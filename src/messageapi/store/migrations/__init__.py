"""Alembic migrations, one file a step. Run by migrate.py, never by hand."""
