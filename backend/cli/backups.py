"""Backup and restore: one file that holds the database and the photos, and a drill."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url

from backend.cli.house import open_app
from backend.core.clock import rfc3339, utcnow
from backend.core.migrate import head_revision
from backend.core.settings import Settings

MINUTES = 60
DUMP = "database.dump"
FILE = "database.sqlite3"


class BackupError(click.ClickException):
    """A backup that cannot be made or trusted."""


def _tool(*command: str) -> None:
    """Run one of PostgreSQL's own programs, which keep to its formats."""
    if shutil.which(command[0]) is None:
        raise BackupError(f"{command[0]} is not installed: install PostgreSQL's client programs.")
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs with our arguments
        command, capture_output=True, timeout=60 * MINUTES, check=False
    )
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-500:]}")


def _plain_url(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _dump(settings: Settings, folder: Path) -> str:
    """Write a consistent copy of the running database into a folder; the copy's name."""
    if not settings.is_sqlite:
        _tool("pg_dump", "-Fc", "-f", str(folder / DUMP), _plain_url(settings.database_url))
        return DUMP
    import pysqlite3.dbapi2 as sqlite

    source = sqlite.connect(str(make_url(settings.database_url).database))
    target = sqlite.connect(str(folder / FILE))
    with target:
        source.backup(target, pages=2000)
    source.close()
    target.close()
    return FILE


def _counts(session: Any) -> dict[str, int]:
    from backend.core.db import Base

    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@click.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", type=int, help="Keep only so many of the newest backups in the folder.")
def backup(target: Path, keep: int | None) -> None:
    """Write a backup of the running city into the folder TARGET."""
    from backend.core.storage import storage

    app = open_app()
    settings: Settings = app.config["VOX"]
    target.mkdir(parents=True, exist_ok=True)
    now = utcnow()
    final = target / f"vox-{now:%Y%m%dT%H%M%SZ}.tar"
    with app.app_context(), tempfile.TemporaryDirectory(dir=target) as place:
        folder = Path(place)
        database = _dump(settings, folder)
        keys = storage().keys("")
        with tarfile.open(folder / "backup.tar", "w") as archive:
            archive.add(folder / database, database)
            with click.progressbar(keys, label="Photos") as progress:
                for key in progress:
                    _add_file(archive, key, storage().get(key), folder)
            manifest = {
                "made_at": rfc3339(now),
                "schema": head_revision(),
                "database": database,
                "sha256": _digest(folder / database),
                "files": len(keys),
            }
            (folder / "manifest.json").write_text(json.dumps(manifest))
            archive.add(folder / "manifest.json", "manifest.json")
        (folder / "backup.tar").chmod(0o600)
        (folder / "backup.tar").replace(final)
    for old in sorted(target.glob("vox-*.tar"))[: -keep if keep else 0]:
        old.unlink()
    click.echo(f"{final}: {final.stat().st_size / 1e6:.1f} MB, {len(keys)} files.")


def _add_file(archive: tarfile.TarFile, key: str, data: bytes | None, folder: Path) -> None:
    if data is None:
        return
    import io

    info = tarfile.TarInfo(f"files/{key}")
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--drill", is_flag=True, help="Restore into a place of its own, check it, and throw it away."
)
@click.option("--yes", is_flag=True, help="Overwrite what is there without asking.")
def restore(source: Path, drill: bool, yes: bool) -> None:
    """Bring a city back from the backup SOURCE, or only prove that it would come back (--drill)."""
    settings = Settings.from_env()
    erased = _erased_meanwhile(settings)
    if drill:
        with _drill_place(settings) as place:
            _report(_restore_into(place, source, erased))
        click.echo("The drill succeeded; nothing of the running city was touched.")
        return
    if not yes:
        click.confirm(
            "This replaces the database and the photos of the settings. Go on?", abort=True
        )
    _report(_restore_into(settings, source, erased))
    click.echo("Restored. Start the servers again.")


@contextmanager
def _drill_place(settings: Settings) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as place:
        data_dir = Path(place)
        moved: dict[str, Any] = {
            "data_dir": data_dir,
            "storage_url": str(data_dir / "files"),
            "storage_endpoint": "",
        }
        if settings.is_sqlite:
            yield replace(settings, database_url=f"sqlite:///{data_dir / 'vox.sqlite3'}", **moved)
            return
        name = f"vox_drill_{os.getpid()}"
        admin = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            url = make_url(settings.database_url).set(database=name)
            yield replace(settings, database_url=url.render_as_string(hide_password=False), **moved)
        finally:
            with admin.connect() as connection:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
            admin.dispose()


def _erased_meanwhile(settings: Settings) -> list[str]:
    """Who was erased according to the database that is about to be replaced, if there is one."""
    from sqlalchemy.exc import SQLAlchemyError

    from backend.core.db import db
    from backend.core.privacy import tombstones

    app = open_app(settings)
    with app.app_context():
        try:
            return tombstones(db.session)  # type: ignore[arg-type]
        except SQLAlchemyError:
            click.echo("No running database was found: erasures since the backup are not known.")
            return []
        finally:
            db.session.remove()  # type: ignore[attr-defined]
            db.engine.dispose()


def _restore_into(settings: Settings, source: Path, erased: list[str]) -> dict[str, Any]:
    from backend.core.storage import make_storage

    started = utcnow()
    with tempfile.TemporaryDirectory() as place, tarfile.open(source) as archive:
        folder = Path(place)
        archive.extractall(folder, filter="data")
        manifest: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text())
        database = folder / str(manifest["database"])
        if _digest(database) != manifest["sha256"]:
            raise BackupError("The backup is damaged: its database is not what the manifest says.")
        _restore_database(settings, database)
        store, files = make_storage(settings), folder / "files"
        found = [p for p in files.rglob("*") if p.is_file()] if files.exists() else []
        for path in found:
            store.put(path.relative_to(files).as_posix(), path.read_bytes())
    if len(found) != manifest["files"]:
        raise BackupError(f"{len(found)} files came back of {manifest['files']}.")
    return _check(settings, erased) | {
        "files": len(found),
        "seconds": (utcnow() - started).total_seconds(),
    }


def _restore_database(settings: Settings, database: Path) -> None:
    if settings.is_sqlite != (database.name == FILE):
        raise BackupError(
            "The backup is of the other kind of database than VOX_DATABASE_URL names."
        )
    if settings.is_sqlite:
        target = Path(str(make_url(settings.database_url).database))
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        part = target.with_name(target.name + ".restoring")
        shutil.copyfile(database, part)
        part.replace(target)
        return
    _tool(
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
        "-d", _plain_url(settings.database_url), str(database),
    )  # fmt: skip


def _check(settings: Settings, erased: list[str]) -> dict[str, Any]:
    """Migrate to this release, replay erasures made since, verify the chain, count."""
    from backend.core import ledger, migrate
    from backend.core.db import db
    from backend.core.privacy import replay_erasures

    app = open_app(settings)
    migrate.upgrade(app)
    with app.app_context():
        replayed = replay_erasures(db.session, erased)  # type: ignore[arg-type]
        db.session.commit()
        verdict = ledger.verify(db.session)  # type: ignore[arg-type]
        counts = _counts(db.session)
        db.session.remove()  # type: ignore[attr-defined]
        db.engine.dispose()
    if not verdict.holds:
        raise BackupError(f"The ledger does not hold: {verdict.fault}")
    return {"counts": counts, "entries": verdict.entries, "replayed": replayed}


def _report(result: Mapping[str, Any]) -> None:
    rows = sum(result["counts"].values())
    click.echo(
        f"{rows} rows and {result['files']} files came back in {result['seconds']:.1f} s; "
        f"{result['entries']} ledger entries verified; {result['replayed']} erasures done again."
    )
