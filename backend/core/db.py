"""The database: durable on SQLite, correct on PostgreSQL, the same models on both."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import orjson
import pysqlite3.dbapi2 as sqlite
import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Text,
    event,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from backend.core.crypto import keyring
from backend.core.settings import Settings
from backend.core.turns import before_writing, take_turns

log = structlog.get_logger(__name__)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 15_000
REST_SECONDS = 1.0
WAL_FIXED = ((3, 51, 3), (3, 44, 6), (3, 50, 7))  # the WAL-reset race is mended from these on


class Base(DeclarativeBase):
    """What every table's model is built on."""

    metadata = MetaData(naming_convention=NAMING)


if TYPE_CHECKING:

    class RequestSession(Session):
        """The request's session, as the type checker sees it: used as one, or called for it."""

        def __call__(self) -> Session: ...


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, whose session stands for the request's own."""

    if TYPE_CHECKING:
        session: RequestSession  # type: ignore[assignment]


db = Database(model_class=Base, disable_autonaming=True)

BigKey = BigInteger().with_variant(Integer, "sqlite")
intpk = Annotated[int, mapped_column(BigKey, primary_key=True, autoincrement=True)]


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, aware going in and coming out, stored in UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Time zone aware where the database can."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment: nobody knows when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JSONDoc(TypeDecorator[Any]):
    """A small document: JSONB on PostgreSQL, text on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """JSONB where there is one."""
        kind: Any = postgresql.JSONB() if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Text for SQLite; psycopg writes JSONB by itself."""
        if value is None or dialect.name == "postgresql":
            return value
        return orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The document as Python values."""
        return orjson.loads(value) if isinstance(value, str | bytes) else value


class Sealed(TypeDecorator[str]):
    """A private text (a name, an address, a telephone number): only its seal is stored."""

    impl = Text
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal on the way in."""
        return None if value is None else keyring().seal(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else keyring().unseal(value, self.purpose)


_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading(yes: bool = True) -> Iterator[None]:
    """Transactions begun in here only read; on SQLite they do not take the writer's place."""
    token = _reading.set(yes)
    try:
        yield
    finally:
        _reading.reset(token)


def sqlite_is_safe_with_wal(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the mended WAL reset; otherwise a rollback journal is used."""
    if version >= (3, 51, 3) or version < (3, 7, 0):
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_FIXED)


@contextmanager
def as_usual_errors(dialect: Dialect) -> Iterator[None]:
    """What a driver refuses when it is asked directly, told as SQLAlchemy tells it."""
    kind: Any = dialect.loaded_dbapi.Error
    try:
        yield
    except kind as error:
        raise cast(
            "Exception", DBAPIError.instance(None, None, error, kind, dialect=dialect)
        ) from error


def _prepare_sqlite(engine: Engine) -> None:
    version = tuple(int(part) for part in sqlite.sqlite_version.split("."))
    journal = "WAL" if sqlite_is_safe_with_wal(version) else "DELETE"
    log.info("sqlite", version=sqlite.sqlite_version, journal=journal, synchronous="FULL")

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            f"journal_mode={journal}",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "secure_delete=ON",
            "cache_size=-32000",
            "temp_store=MEMORY",
        ):
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    turns = take_turns(engine)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        reads = _reading.get()
        if not reads:
            before_writing(turns, connection)
        with as_usual_errors(connection.dialect):
            driver.execute("BEGIN" if reads else "BEGIN IMMEDIATE")


def _ping_after_a_pause(engine: Engine) -> None:
    """Ask a connection whether it lives when it has rested; one just used is taken as it is."""

    @event.listens_for(engine, "checkin")
    def rests(_connection: Any, record: Any) -> None:
        record.info["vox.rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: Any, _proxy: object) -> None:
        rested = time.monotonic() - record.info.get("vox.rests_since", time.monotonic())
        if rested < REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError() from error


def engine_options(settings: Settings) -> dict[str, Any]:
    """How connections are opened: the fixed SQLite, or psycopg with limits on time."""
    size = {"pool_size": settings.threads + 2, "max_overflow": 4, "pool_timeout": 20}
    if settings.is_sqlite:
        return {"module": sqlite, "connect_args": {"timeout": BUSY_MS / 1000}, **size}
    options = "-c timezone=UTC -c synchronous_commit=on"
    options += " -c statement_timeout=5000 -c lock_timeout=4000"
    options += " -c idle_in_transaction_session_timeout=20000"
    return {
        "connect_args": {"options": options, "connect_timeout": 5},
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        **size,
    }


def init_db(app: Flask, settings: Settings) -> None:
    """Open the database of the settings for this application."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            _prepare_sqlite(db.engine)
        else:
            _ping_after_a_pause(db.engine)


def is_postgresql(session: Session) -> bool:
    """Whether this session talks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def engine_of(session: Session) -> Engine:
    """The engine behind a session."""
    bind = session.get_bind()
    return bind.engine if isinstance(bind, Connection) else bind


def insert_ignore(
    session: Session,
    model: type[Base],
    values: Mapping[str, Any],
    conflict_columns: Sequence[str],
) -> bool:
    """Insert a row unless its unique columns are taken; says whether it was inserted.

    On PostgreSQL a concurrent holder of the same key is waited for.
    """
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    statement = (
        insert(model)
        .values(**values)
        .on_conflict_do_nothing(index_elements=list(conflict_columns))
        .returning(text("1"))
    )
    return session.execute(statement).first() is not None
