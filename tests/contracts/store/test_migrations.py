"""The schema: made at once or by walking the migrations it is the same, and a newer one is never opened."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, inspect, text

from messageapi.store import migrate
from messageapi.store.db import Database, StoreError, Tx
from messageapi.store.tables import metadata

Schema = dict[str, object]


def described(connection: Connection) -> Schema:
    """Everything the database itself says about its tables."""
    if connection.dialect.name == "sqlite":
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        return {name: sorted(sql.replace("(", " ").replace(")", " ").replace(",", " ").split()) for name, sql in made}
    inspector = inspect(connection)
    return {
        name: (
            sorted(str({**column, "type": str(column["type"])}) for column in inspector.get_columns(name)),
            inspector.get_pk_constraint(name),
            sorted(map(str, inspector.get_foreign_keys(name))),
            sorted(map(str, inspector.get_unique_constraints(name))),
            sorted(map(str, inspector.get_indexes(name))),
        )
        for name in inspector.get_table_names()
    }


async def in_sync(database: Database, work: object) -> object:
    return await database._writing.apart(work)  # type: ignore[arg-type]


def walk(connection: Connection) -> None:
    metadata.drop_all(connection)
    connection.execute(text("DROP TABLE alembic_version"))
    migrate.upgrade(connection, None)


async def test_walking_the_migrations_gives_the_same_schema_as_the_tables(any_database: Database) -> None:
    at_once = await in_sync(any_database, described)
    await in_sync(any_database, walk)
    assert await in_sync(any_database, described) == at_once


@pytest.mark.filterwarnings("ignore:.*expression-based index")
async def test_the_tables_and_the_migrated_schema_do_not_differ(any_database: Database) -> None:
    """But for an index over an expression, which Alembic cannot compare: the test above does."""

    def comparable(thing: object, _: object, kind: str, *__: object) -> bool:
        return kind != "index" or all(isinstance(each, Column) for each in thing.expressions)  # type: ignore[attr-defined]

    def differences(connection: Connection) -> object:
        opts = {"compare_type": True, "target_metadata": metadata, "include_object": comparable}
        context = MigrationContext.configure(connection, opts=opts)
        return compare_metadata(context, metadata)

    await in_sync(any_database, walk)
    assert await in_sync(any_database, differences) == []


async def test_a_difference_would_be_noticed(any_database: Database) -> None:
    def planted(connection: Connection) -> bool:
        before = described(connection)
        connection.execute(text("DROP INDEX ix_messages_queue"))
        return described(connection) != before

    assert await in_sync(any_database, planted)


async def test_going_down_leaves_nothing(any_database: Database) -> None:
    def down(connection: Connection) -> list[str]:
        from alembic import command  # noqa: PLC0415 - as in the product

        config = Config()
        config.set_main_option("script_location", str(migrate.FOLDER))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return inspect(connection).get_table_names()

    assert await in_sync(any_database, down) == ["alembic_version"]


def test_the_code_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


async def test_a_newer_schema_is_refused(any_url: str) -> None:
    async def from_the_future(tx: Tx) -> None:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    database = await Database.open(any_url)
    await database.writer.run(from_the_future)
    await database.close()
    with pytest.raises(StoreError) as told:
        await Database.open(any_url)
    assert told.value.code == "newer_schema"
    assert told.value.permanent
    assert "9999" in told.value.detail


async def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(migrate, "HEAD", None)  # the version cannot be written: NOT NULL
        with pytest.raises(Exception, match="alembic_version"):
            await Database.open("", folder=tmp_path / "data")
    database = await Database.open("", folder=tmp_path / "data")
    await database.ping()
    await database.close()


@pytest.mark.parametrize("any_url", ["postgresql"], indirect=True)
async def test_several_processes_may_start_at_once(any_url: str) -> None:
    def empty(connection: Connection) -> None:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))

    first = await Database.open(any_url)
    await first._writing.apart(empty)
    await first.close()
    opened = await asyncio.gather(*(Database.open(any_url) for _ in range(4)))
    for database in opened:
        await database.ping()
        await database.close()
