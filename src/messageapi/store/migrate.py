"""Brings a database to the schema of this code.

A new database is made from the tables at once (30 ms; Alembic needs 400), an older one walks the migrations. A test
holds both ways to the same result, so a migration may only change the schema.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from messageapi.store.errors import store_error
from messageapi.store.tables import metadata

HEAD = "0018"
FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6D736761  # advisory lock on PostgreSQL: of several processes that start at once, one migrates


def migrate(connection: Connection) -> None:
    """In the transaction of the caller; raises StoreError(newer_schema)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    version = _version(connection)
    if version is None:
        _create(connection)
    elif version != HEAD:
        upgrade(connection, version)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def upgrade(connection: Connection, version: str | None) -> None:
    """Walk the migrations from `version` (None: from nothing)."""
    from alembic import command  # noqa: PLC0415 - takes time that only an upgrade needs to pay
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise store_error(
            "newer_schema",
            f"The database was written by a newer version of MessageAPI (schema {version}, this one knows {HEAD}). "
            "Install that version, or restore a backup made before the upgrade.",
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
