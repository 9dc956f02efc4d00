"""Reading questions in the driver's own words, for what is asked hundreds of times a second.

A question is made once from a statement of SQLAlchemy's and then asked outside any session, in a
transaction of its own. What it yields are bytes: one line of columns that the database has put
together. On PostgreSQL it is a prepared statement of the connection, asked in one round trip.
"""

from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine, Executable
from sqlalchemy.orm import Session

from backend.core.db import is_postgresql

log = structlog.get_logger(__name__)
MOST_PREPARED = 200
_PREPARED = "vox.prepared"
_DONE, _TUPLES, _SQLSTATE = 1, 2, ord("C")  # as libpq numbers them
_NOT_PREPARED = b"26000"


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with its values, as the driver takes it."""

    text: str
    values: tuple[Any, ...] = ()
    wire: bytes = field(default=b"", repr=False)


def question(session: Session, inner: Executable, around: str) -> Question | None:
    """Make a question of a statement; `around` says with {inner} what is made of its rows.

    None where bytes could not be passed on as they come.
    """
    connection = session.connection()
    with connection.execute(inner) as result:
        context: Any = result.context
        text, values = context.statement, context.parameters[0]
    if not is_postgresql(session):
        return Question(around.format(inner=text), tuple(values))
    from psycopg import ClientCursor

    driver: Any = connection.connection.driver_connection
    if driver.info.encoding != "utf-8":
        return None
    text = around.format(inner=ClientCursor(driver).mogrify(text, values))
    return Question(text, wire=text.encode())


def ask(engine: Engine, asked: Question) -> list[bytes | None] | None:
    """The one line of an answer; None when the driver refuses.

    Who asked then asks in the usual way, where errors are told.
    """
    refusal: Any = engine.dialect.loaded_dbapi.Error
    held: Any = None
    try:
        held = engine.raw_connection()
        if asked.wire:
            return _asked_on_the_wire(held, asked.wire, refusal)
        return list(held.driver_connection.execute(asked.text, asked.values).fetchone())
    except refusal as error:
        log.warning("not_asked_directly", error=type(error).__name__)
        if held is not None:
            held.invalidate()
        return None
    finally:
        if held is not None:
            held.close()


def _asked_on_the_wire(held: Any, wire: bytes, refusal: Any) -> list[bytes | None]:
    result = _run_prepared(held, wire)
    if result.status != _TUPLES and result.error_field(_SQLSTATE) == _NOT_PREPARED:
        held.info[_PREPARED].clear()  # psycopg forgets all of a connection's after some rollbacks
        result = _run_prepared(held, wire)
    if result.status != _TUPLES:
        raise refusal("no line came back")
    return [result.get_value(0, column) for column in range(result.nfields)]


def _run_prepared(held: Any, wire: bytes) -> Any:
    link = held.driver_connection.pgconn
    prepared: dict[bytes, bytes] = held.info.setdefault(_PREPARED, {})
    name = prepared.get(wire)
    if name is None:
        if len(prepared) >= MOST_PREPARED:
            oldest = next(iter(prepared))
            link.exec_(b"DEALLOCATE " + prepared.pop(oldest))
        number = held.info["vox.number"] = held.info.get("vox.number", 0) + 1
        name = b"vox_%d" % number
        made = link.prepare(name, wire)
        if made.status != _DONE:
            return made
        prepared[wire] = name
    return link.exec_prepared(name, None)
