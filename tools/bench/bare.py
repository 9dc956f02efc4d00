"""The barest Flask views that do the same: bytes from memory, and one durable row."""

from typing import Any

from flask import Flask, Response
from sqlalchemy import create_engine, event, text

from backend.core.settings import Settings

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000")
INSERT = text("INSERT INTO bench_row (body) VALUES ('a report')")


def bare_application(settings: Settings, listed: bytes) -> Flask:
    """Nothing of ours: Flask as it comes, and an engine as durable as ours, no more."""
    app, engine = Flask("bare"), _engine(settings)

    @app.get("/bare/list")
    def bare_list() -> Response:
        return Response(listed, mimetype="application/json")

    @app.post("/bare/insert")
    def bare_insert() -> Response:
        with engine.begin() as connection:
            connection.execute(INSERT)
        return Response(b"{}", status=201, mimetype="application/json")

    return app


def _engine(settings: Settings) -> Any:
    size = {"pool_size": settings.threads, "max_overflow": 4}
    if not settings.is_sqlite:
        return create_engine(settings.database_url, **size)
    import pysqlite3.dbapi2 as sqlite

    engine = create_engine(settings.database_url, module=sqlite, **size)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute("PRAGMA " + pragma)

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
