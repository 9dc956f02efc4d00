"""Indicators from the terminal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from backend.cli.indicator_store import STORE_COMMANDS

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def refusals() -> Iterator[None]:
    """Say in one line why a figure was refused."""
    from ml.indicators import DataRefused

    try:
        yield
    except DataRefused as error:
        raise click.ClickException(str(error)) from None


@click.group()
def indicators() -> None:
    """Indicators: composite indices, participation, protected tables."""


for _command in STORE_COMMANDS:
    indicators.add_command(_command)


@indicators.command("composite")
@click.option("--data", required=True, type=FILE, help="CSV: unit, then a column an indicator.")
@click.option("--structure", required=True, type=FILE, help="CSV: code,parent,weight,direction,…")
@click.option(
    "--normalise",
    default="minmax:0:100",
    show_default=True,
    help="minmax:LOW:HIGH, zscore:MEAN:SD, rank, borda, percentile-rank, goalposts,"
    " distance-to-max, distance-to-target or none.",
)
@click.option(
    "--aggregate",
    default="amean",
    show_default=True,
    type=click.Choice(["amean", "gmean", "hmean", "tu-wien"]),
    help="The mean over the parts of a node.",
)
@click.option("--treat", is_flag=True, help="Draw in outliers, or take logarithms.")
@click.option("--impute", default="", help="mean or median; mean:COLUMN for the mean of a group.")
@click.option(
    "--coverage", type=click.FloatRange(0, 1), help="Share that must be known of a node's parts."
)
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder."
)
def composite(data: Path, structure: Path, out: Path, **recipe: object) -> None:
    """Build a composite index; writes normalised.csv, aggregated.csv and ranks.csv."""
    from ml.indicators import Panel, Recipe, Structure, build_index

    with refusals():
        index = build_index(Panel.read(data), Structure.read(structure), Recipe(**recipe))  # type: ignore[arg-type]
    index.write(out)
    click.echo(f"{len(index.units)} units, {len(index.scores)} codes → {out}")


def print_json(found: object) -> None:
    """Print one JSON object; what is not known is null."""
    click.echo(json.dumps(found, ensure_ascii=False, allow_nan=False))


@indicators.command("protect")
@click.argument("table", type=FILE)
@click.option("--k", default=10, show_default=True, type=click.IntRange(2), help="Least count.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def protect_table(table: Path, k: int, as_json: bool) -> None:
    """Suppress the small counts of a table, and as few others as keep them unknown."""
    from ml.indicators.protection import CountTable, protect

    with refusals():
        given = CountTable.read(table)
        found = protect(given.counts, k)
    if as_json:
        print_json(found.as_json())
        return
    for label, cells, total in zip(given.rows, found.table, found.row_totals, strict=True):
        shown = ["·" if count is None else str(count) for count in cells]
        click.echo("\t".join([label, *shown, str(total)]))
    click.echo("\t".join(["", *map(str, found.col_totals), str(int(given.counts.sum()))]))


@indicators.command("participation")
@click.option("--contributions", required=True, type=FILE, help="CSV of contributions.")
@click.option("--participants", required=True, type=FILE, help="CSV of what participants told.")
@click.option("--population", required=True, type=FILE, help="CSV of the census.")
@click.option("--responses", required=True, type=FILE, help="CSV of first answers.")
@click.option("--censor", required=True, help="Time until which answers are known.")
@click.option(
    "--bootstrap", type=click.IntRange(100, 100_000), help="Add intervals from so many draws."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def participation(bootstrap: int | None, as_json: bool, **files: Any) -> None:
    """Measure who takes part, how alike the city they are, and how the city answers."""
    from ml.indicators.participation import intervals, measure, read_events

    with refusals():
        events = read_events(**files)
        found = measure(events)
    for attribute, number in events.strangers.items():
        click.echo(f"{number} told a {attribute} that the population does not have.", err=True)
    if bootstrap:
        found["intervals"] = intervals(events, bootstrap)
    if as_json:
        print_json(found)
        return
    for name, value in _flat(found):
        click.echo(f"{name:48} {value}")


def _flat(found: object, name: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _flat(value, f"{name}.{key}".strip("."))
    else:
        yield name, found
