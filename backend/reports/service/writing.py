# ruff: noqa: S608 - the names come from our own tables, the values are bound
"""Rows that belong together, written with as little between as the database allows.

PostgreSQL takes them in one statement and one document; SQLite one after the other, with the
statements made once. Building such statements anew cost more than the durable write itself.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import orjson
from sqlalchemy import Dialect, LargeBinary, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from backend.core.db import JSONDoc, Sealed, as_usual_errors, is_postgresql

Part = tuple[Table, Mapping[str, Any]]
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def write_together(session: Session, first: Part, others: Sequence[Part], key: str) -> None:
    """Insert a row and those that go with it; where a table has the column `key`, the first's id
    is put there."""
    if is_postgresql(session):
        _at_once(session, first, others, key)
    else:
        _in_turn(session, first, others, key)


def _at_once(session: Session, first: Part, others: Sequence[Part], key: str) -> None:
    parts = (first, *others)
    statement = _one_statement(tuple((table, tuple(row)) for table, row in parts), key)
    document = {str(n): _plain(table, row) for n, (table, row) in enumerate(parts)}
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    with as_usual_errors(connection.dialect):
        driver.execute(statement, (orjson.dumps(document).decode(),), prepare=True)


def _plain(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON that PostgreSQL reads back as it was."""
    found = dict(row)
    for name, write in _unlike_json(table):
        if found.get(name) is not None:
            found[name] = write(found[name])
    return found


@lru_cache(maxsize=64)
def _unlike_json(table: Table) -> list[tuple[str, Callable[[Any], Any]]]:
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for column in table.c:
        kind = column.type
        if isinstance(kind, LargeBinary):
            found.append((column.name, lambda value: "\\x" + value.hex()))
        elif isinstance(kind, Sealed):
            found.append((column.name, partial(kind.process_bind_param, dialect=_POSTGRESQL)))
    return found


@lru_cache(maxsize=64)
def _one_statement(parts: tuple[tuple[Table, tuple[str, ...]], ...], key: str) -> str:
    """The statement for these tables and columns: one insert after the other, in one round."""
    found = ["WITH given AS (SELECT CAST(%s AS jsonb) AS d)"]
    for number, (table, columns) in enumerate(parts):
        names = ", ".join(f'"{name}"' for name in columns)
        typed = ", ".join(f'"{name}" {_type_of(table, name)}' for name in columns)
        source = f"given, jsonb_to_record(given.d -> '{number}') AS part({typed})"
        values = ", ".join(f'part."{name}"' for name in columns)
        if number and key in table.c:
            names, values = f'"{key}", {names}', f"part0.id, {values}"
            source = f"part0, {source}"
        ending = " RETURNING id" if number == 0 else ""
        insertion = f'INSERT INTO "{table.name}" ({names})'
        found.append(f"part{number} AS ({insertion} SELECT {values} FROM {source}{ending})")
    return ", ".join(found) + " SELECT id FROM part0"


def _type_of(table: Table, name: str) -> str:
    kind = table.c[name].type
    if isinstance(kind, JSONDoc):
        return "jsonb"
    if isinstance(kind, LargeBinary):
        return "bytea"
    impl = kind.dialect_impl(_POSTGRESQL)
    return str(_POSTGRESQL.type_compiler_instance.process(impl))


def _in_turn(session: Session, first: Part, others: Sequence[Part], key: str) -> None:
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    report_id: int | None = None
    with as_usual_errors(connection.dialect):
        for table, row in (first, *others):
            values = dict(row)
            if report_id is not None and key in table.c:
                values[key] = report_id
            statement, writers = _plan(table, tuple(values), connection.dialect)
            given = list(values.values())
            for place, write in writers:
                given[place] = write(given[place])
            written = driver.execute(statement, given)
            if report_id is None:
                report_id = written.lastrowid


@lru_cache(maxsize=64)
def _plan(
    table: Table, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
    """The statement for these columns, and which of their values are written in another way."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join("?" for _ in columns)
    kinds = [table.c[name].type.dialect_impl(dialect) for name in columns]
    writers: list[tuple[int, Callable[[Any], Any]]] = [
        (place, write)
        for place, kind in enumerate(kinds)
        if (write := kind.bind_processor(dialect)) is not None
    ]
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', writers
