"""Bringing data in: a city pack, another system's reports."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from backend.cli.house import open_session
from backend.core.actor import SYSTEM


@click.group("import")
def import_() -> None:
    """Bring a city or its reports in."""


@import_.command("city")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def import_city(directory: Path) -> None:
    """Found or update the city from the pack in DIRECTORY; all of it or nothing."""
    from backend.city.service import import_pack
    from backend.classification.queries import component_codes

    with open_session() as session:
        result = import_pack(session, SYSTEM, directory, component_codes())
    if result.unchanged:
        click.echo(f"{result.slug}: nothing has changed.")
        return
    for word in ("added", "changed", "retired"):
        found = {kind: number for kind, number in getattr(result, word).items() if number}
        told = ", ".join(f"{number} {kind}" for kind, number in found.items())
        click.echo(f"{result.slug}: {word} {told or 'nothing'}")


@import_.command("reports")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format", "form", required=True, type=click.Choice(["seeclickfix", "open311", "csv"])
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, path_type=Path),
    help="JSON: fields, statuses, services.",
)
@click.option("--source", help="Name of the source; a report is known by it and its id there.")
def import_reports(file: Path, form: str, mapping: Path | None, source: str | None) -> None:
    """Import the reports in FILE; running it again adds nothing."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from backend.reports import service

    table = json.loads(mapping.read_text()) if mapping else {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    screen = Console(stderr=True)
    with (
        open_session() as session,
        file.open(encoding="utf-8") as lines,
        Progress(*columns, transient=True, console=screen) as bar,
    ):
        size, read = file.stat().st_size, 0
        task = bar.add_task("Reading", total=size)

        def counted() -> Iterator[str]:
            nonlocal read
            for line in lines:
                read += len(line)
                yield line

        def tell(done: Any) -> None:
            bar.update(task, completed=min(read, size), description=f"{done.added} added")

        result = service.import_reports(
            session, SYSTEM, counted(), form=form, mapping=table, progress=tell, source=source
        )
    for line, reason in result.faults[:50]:
        click.echo(f"line {line}: {reason}", err=True)
    if result.faults_in_all > 50:
        click.echo(f"… and {result.faults_in_all - 50} more lines with faults", err=True)
    click.echo(
        f"{result.read} rows read: "
        f"{result.added} added ({result.open} open, {result.closed} closed), "
        f"{result.known} known already, {result.faults_in_all} faulty. "
        f"{result.services_added} services added; {result.judged_by_summary} judged by their type."
    )


@import_.command("register")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_register(file: Path) -> None:
    """Import the population register in FILE, by which residents prove themselves.

    CSV with the columns reference, birth_date (YYYY-MM-DD), postcode and, optionally, district.
    Only a keyed hash of each line is kept; again, it adds nothing.
    """
    from backend.accounts.service import import_register as take_over

    with open_session() as session, file.open(encoding="utf-8-sig", newline="") as lines:
        done = take_over(session, SYSTEM, lines)
    for fault in done.faults[:50]:
        click.echo(fault, err=True)
    click.echo(f"{done.added} lines added, {done.known} known already, {len(done.faults)} faulty.")


@import_.command("open311")
@click.argument("url")
@click.option("--since", type=click.DateTime(), help="From when; a year ago unless told.")
@click.option("--until", type=click.DateTime(), help="Until when; now unless told.")
@click.option("--days", type=click.IntRange(1, 90), default=7, help="Days asked for at a time.")
@click.option("--jurisdiction", help="The jurisdiction, where the endpoint has several.")
@click.option("--mapping", type=click.Path(exists=True, path_type=Path), help="JSON: services.")
@click.option("--source", help="Name of the source; a report is known by it and its number there.")
@click.option("--anew", is_flag=True, help="Begin from the beginning instead of going on.")
def import_open311(
    url: str,
    since: datetime | None,
    until: datetime | None,
    days: int,
    jurisdiction: str | None,
    **rest: Any,
) -> None:
    """Import a city from its Open311 endpoint at URL; broken off, it goes on where it was."""
    from backend.core.settings import current_settings
    from backend.open311.partners.importing import Kept, Wanted, import_city
    from backend.open311.partners.peer import PeerError
    from backend.open311.partners.words import WHY

    now = datetime.now(UTC)
    with open_session() as session, _days_bar() as bar:
        settings, mapping = current_settings(), rest["mapping"]
        wanted = Wanted(
            url=url.rstrip("/"),
            since=since.replace(tzinfo=UTC) if since else now - timedelta(days=365),
            until=until.replace(tzinfo=UTC) if until else now,
            days=days,
            jurisdiction=jurisdiction,
            source=rest["source"],
            mapping=json.loads(mapping.read_text()) if mapping else {},
            named_hosts=settings.outward_hosts,
        )
        kept = Kept(settings.data_dir, wanted)
        if rest["anew"]:
            kept.forget()
        task = bar.add_task("Reading", total=(wanted.until - wanted.since).total_seconds())

        def tell(done: Any) -> None:
            passed = (done.until - wanted.since).total_seconds()
            told = f"until {done.until:%Y-%m-%d}: {done.added} added"
            bar.update(task, completed=passed, description=told)

        try:
            done = import_city(session, SYSTEM, wanted, kept, progress=tell)
        except PeerError as error:
            told = f"{WHY.get(error.kind, error.kind)} {error.detail}".strip()
            raise click.ClickException(f"{told} Run it again to go on.") from error
    for number, reason in done.faults[:50]:
        click.echo(f"request {number}: {reason}", err=True)
    if done.faults_in_all > 50:
        click.echo(f"… and {done.faults_in_all - 50} more requests with faults", err=True)
    click.echo(
        f"{done.read} requests read: {done.added} added, {done.known} known already, "
        f"{done.faults_in_all} faulty."
    )


@contextmanager
def _days_bar() -> Iterator[Any]:
    """A bar of the time that is covered."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as bar:
        yield bar
