"""One clean database for each test that asks, on SQLite and on PostgreSQL.

The schema is made once for each worker. Between tests SQLite's file is overwritten page by page
from a template, and PostgreSQL's tables that were written to go back to their first rows.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pysqlite3.dbapi2 as sqlite3  # the library of the house: two in one process break its locks
import pytest

from tests.support.servers import Missing, postgres_server, skip_or_fail

SchemaMaker = Callable[[str], None]


def make_schema(url: str) -> None:
    """Make every table of every room."""
    from backend.core.db import db
    from tests.support.house import build, dispose

    with tempfile.TemporaryDirectory(prefix="vox-schema-") as folder:
        app = build(url, Path(folder))
        with app.app_context():
            db.create_all()
        dispose(app)


class SqliteDatabase:
    """A file that returns to its template when it is cleaned."""

    def __init__(self, folder: Path, schema: SchemaMaker) -> None:
        self.template, self.path = folder / "template.sqlite3", folder / "test.sqlite3"
        schema(f"sqlite:///{self.template}")
        self.url = f"sqlite:///{self.path}"
        self.clean()

    def clean(self) -> None:
        """Overwrite the file in one transaction, so that open connections see it too."""
        source, target = sqlite3.connect(self.template), sqlite3.connect(self.path, timeout=30)
        target.execute("pragma synchronous = off")
        source.backup(target)
        source.close()
        target.close()


class PostgresDatabase:
    """A database of one worker that remembers the rows its migrations put in."""

    def __init__(self, server: str, schema: SchemaMaker) -> None:
        self.server, self.name = server, f"vox_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._admin(f'create database "{self.name}" template template0 encoding utf8')
        # A test may lose its last commits in a power cut; it may not wait for the disk.
        self._admin(f'alter database "{self.name}" set synchronous_commit = off')
        self.url = server.rsplit("/", 1)[0] + f"/{self.name}"
        schema(self.url)
        self.tables = self._remember()

    def _admin(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _connect(self) -> object:
        import psycopg

        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)

    def _remember(self) -> dict[str, str]:
        """Keep a copy of what is there now; answer each table with its writable columns."""
        with self._connect() as connection:  # type: ignore[attr-defined]
            rows = connection.execute(
                "select table_name, string_agg(quote_ident(column_name), ', ')"
                " from information_schema.columns join information_schema.tables"
                " using (table_schema, table_name) where table_schema = 'public'"
                " and table_type = 'BASE TABLE' and is_generated = 'NEVER' group by 1 order by 1"
            ).fetchall()
            if not rows:
                return {}
            connection.execute("create schema first_rows")
            for table, _columns in rows:
                connection.execute(f'create table first_rows."{table}" as table public."{table}"')
        return dict(rows)

    def clean(self) -> None:
        """Put back every table that is not empty, or should not be."""
        probe = " union all ".join(
            f"select '{table}' where exists (select 1 from public.\"{table}\")"
            f' or exists (select 1 from first_rows."{table}")'
            for table in self.tables
        )
        with self._connect() as connection:  # type: ignore[attr-defined]
            used = [table for (table,) in connection.execute(probe).fetchall()] if probe else []
            # Replica mode: neither foreign keys nor the triggers of append-only tables object.
            script = ["begin", "set local session_replication_role = replica"]
            script.append("set local lock_timeout = '20s'")
            for table in used:
                columns = self.tables[table]
                script.append(f'delete from public."{table}"')
                script.append(
                    f'insert into public."{table}" ({columns}) overriding system value'
                    f' select {columns} from first_rows."{table}"'
                )
            connection.execute("; ".join([*script, "commit"]))

    def drop(self) -> None:
        """Remove the database, whoever is still connected."""
        self._admin(f'drop database if exists "{self.name}" with (force)')


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabase:
    """The SQLite database of this worker."""
    return SqliteDatabase(tmp_path_factory.mktemp("sqlite"), make_schema)


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[PostgresDatabase]:
    """The PostgreSQL database of this worker."""
    try:
        server = postgres_server()
    except Missing as missing:
        skip_or_fail(missing)
        raise
    database = PostgresDatabase(server, make_schema)
    yield database
    database.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty, migrated database; the test runs once on each engine."""
    engine = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    database = request.getfixturevalue(engine)
    yield database.url
    database.clean()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    try:
        server = postgres_server()
    except Missing as missing:
        skip_or_fail(missing)
        raise
    database = PostgresDatabase(server, lambda url: None)
    yield database.url
    database.drop()
