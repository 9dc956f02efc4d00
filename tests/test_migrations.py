"""The schema grows in numbered steps, each of which can be taken back, to what the models say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import text
from sqlalchemy.types import UserDefinedType

from backend.core import migrate
from backend.core.db import Base, db
from tests.support.house import build, dispose
from tests.support.source import ROOT

VERSIONS = ROOT / "migrations" / "versions"
NAME = re.compile(r"^(\d{4})_[a-z]+(_[a-z0-9]+)+\.py$")


@pytest.fixture
def bare_house(bare_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without any table."""
    app = build(bare_database_url, tmp_path / "house")
    yield app
    dispose(app)


def _files() -> list[Path]:
    return sorted(path for path in VERSIONS.glob("*.py") if path.name != "__init__.py")


def test_migrations_are_numbered_and_named_for_what_they_do() -> None:
    names = [path.name for path in _files()]
    assert names, "there is no migration"
    assert not [name for name in names if not NAME.match(name)]
    numbers = [int(name[:4]) for name in names]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_migration_follows_the_one_before_it() -> None:
    before = None
    for path in _files():
        source = path.read_text()
        revision = re.search(r"^revision = ['\"](.+)['\"]", source, re.MULTILINE)
        down = re.search(r"^down_revision = (?:['\"](.+)['\"]|None)", source, re.MULTILINE)
        assert revision, path.name
        assert down, path.name
        assert path.stem.startswith(revision.group(1)), f"{path.name} calls itself {revision[1]}"
        assert down.group(1) == before
        before = revision.group(1)


def test_the_head_file_names_the_last_migration() -> None:
    # Two branches that both add a migration then conflict here, not in a running city.
    assert migrate.head_revision() == migrate.revisions()[-1]


def _schema(app: Flask) -> dict[str, str]:
    """Every table, index, trigger and column as the database tells it."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            rows = connection.execute(
                text(
                    "select type || ' ' || name, sql from sqlite_master"
                    " where sql is not null and name != 'alembic_version'"
                )
            )
        else:
            rows = connection.execute(
                text(
                    "select 'column ' || table_name || '.' || column_name,"
                    " data_type || ' ' || is_nullable || coalesce(column_default, '')"
                    " from information_schema.columns where table_schema = 'public'"
                    " and table_name != 'alembic_version'"
                    " union all select 'index ' || indexname, indexdef from pg_indexes"
                    " where schemaname = 'public' and tablename != 'alembic_version'"
                    " union all select 'constraint ' || conrelid::regclass || ' ' || conname,"
                    " pg_get_constraintdef(oid) from pg_constraint"
                    " where connamespace = 'public'::regnamespace"
                    " and conrelid::regclass::text != 'alembic_version'"
                    " union all select 'trigger ' || tgrelid::regclass || ' ' || tgname,"
                    " pg_get_triggerdef(oid) from pg_trigger where not tgisinternal"
                    " union all select 'function ' || proname, prosrc from pg_proc"
                    " where pronamespace = 'public'::regnamespace"
                )
            )
        return {name: re.sub(r"\s+", " ", definition) for name, definition in rows}


def test_up_down_and_up_again_give_the_same_schema(bare_house: Flask) -> None:
    migrate.upgrade(bare_house)
    first = _schema(bare_house)
    assert first
    migrate.downgrade(bare_house, "base")
    assert _schema(bare_house) == {}
    migrate.upgrade(bare_house)
    assert _schema(bare_house) == first


def test_each_step_can_be_taken_back(bare_house: Flask) -> None:
    before = [_schema(bare_house)]
    for revision in migrate.revisions():
        migrate.upgrade(bare_house, revision)
        before.append(_schema(bare_house))
    steps = ["base", *migrate.revisions()]
    for number in range(len(steps) - 2, -1, -1):
        migrate.downgrade(bare_house, steps[number])
        assert _schema(bare_house) == before[number], f"taking back {steps[number + 1]}"


def _is_ours(thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Leave out what only one engine has: full text and place indexes, which models don't know."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    info = getattr(thing, "info", {}) or {}
    if info.get("made_by_migration") or getattr(thing, "_ddl_if", None) is not None:
        return False
    return not (reflected and re.search(r"(_fts|_rtree|_search)(_|$)", str(table)))


def _differs(_context: object, _seen: object, _column: object, *types: object) -> bool | None:
    """Leave alone what only PostgreSQL has a type for; Alembic compares the rest."""
    return False if isinstance(types[-1], UserDefinedType) else None


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_what_the_models_say(bare_house: Flask) -> None:
    migrate.upgrade(bare_house)
    with bare_house.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": _differs, "include_object": _is_ours}
        )
        differences = compare_metadata(context, Base.metadata)
    assert not differences, "\n".join(str(difference) for difference in differences)


def test_the_models_alone_make_the_schema_that_the_migrations_make(bare_house: Flask) -> None:
    # The other tests take the short way from the models, so it must lead to the same place:
    # with every trigger, check and index, of which Alembic's comparison sees only a part.
    with bare_house.app_context():
        db.create_all()
        modelled = _schema(bare_house)
        db.drop_all()
        assert _schema(bare_house) == {}
    migrate.upgrade(bare_house)
    migrated = _schema(bare_house)
    assert sorted(set(migrated) - set(modelled)) == [], "made by migrations alone"
    assert sorted(set(modelled) - set(migrated)) == [], "made by the models alone"
    if not bare_house.config["VOX"].is_sqlite:
        assert modelled == migrated


def test_a_migrated_house_is_ready(bare_house: Flask) -> None:
    migrate.upgrade(bare_house)
    with bare_house.app_context(), db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    assert current == migrate.head_revision()
    assert bare_house.test_client().get("/health/ready").status_code == 200


def test_a_database_of_another_release_is_not_ready(bare_house: Flask) -> None:
    answer = bare_house.test_client().get("/health/ready")
    assert answer.status_code == 503
    assert "vox migrate" in answer.get_data(as_text=True)
