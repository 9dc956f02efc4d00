"""Databases of their own for measuring: a file, and a database on the PostgreSQL that is found."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from backend.app import create_app
from backend.core import migrate
from backend.core.db import db
from backend.core.settings import Settings

PACK = Path(__file__).parents[2] / "backend" / "city" / "packs" / "vliermonde"
POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@contextmanager
def house(engine: str) -> Iterator[Flask]:
    """The application on an empty, migrated database with the demo city loaded."""
    from backend.city.service import import_pack
    from backend.classification.queries import component_codes
    from backend.core.actor import SYSTEM

    with tempfile.TemporaryDirectory() as folder, _database(engine, folder) as url:
        settings = Settings(
            env="test", data_dir=Path(folder), database_url=url, secret_key="bench-" * 8,
            log_level="error",
        ).completed()  # fmt: skip
        app = create_app(settings)
        migrate.upgrade(app)
        with app.app_context():
            import_pack(db.session, SYSTEM, PACK, component_codes())
            db.session.commit()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _database(engine: str, folder: str) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    server = os.environ.get("VOX_TEST_POSTGRES_URL", POSTGRES)
    name = f"vox_bench_{os.getpid()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()
