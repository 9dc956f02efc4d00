"""The store of indicators from the terminal: computing periods, taking figures in, reporting."""

from pathlib import Path

import click

from backend.cli.house import open_session
from backend.core.actor import SYSTEM


@click.command("compute")
@click.option("--period", "wanted", multiple=True, help="2026 or 2026-Q3; may be repeated.")
@click.option("--last", type=click.IntRange(1, 40), help="The last so many quarters.")
@click.option("--check", is_flag=True, help="Write nothing; say what differs from the store.")
def compute(wanted: tuple[str, ...], last: int | None, check: bool) -> None:
    """Compute indicators of periods and store what changed; default: the quarter before."""
    from backend.city.queries import facts
    from backend.core.clock import utcnow
    from backend.indicators.periods import latest, parse_period, period_of
    from backend.indicators.service.storing import compute_now, differences

    with open_session() as session:
        zone = facts(session).time_zone
        periods = [parse_period(text) for text in wanted]
        periods += list(latest(utcnow(), zone, last)) if last else []
        periods = periods or [period_of(utcnow(), zone).before]
        if check:
            found = [line for period in periods for line in differences(session, period)]
            for line in found:
                click.echo(line)
            if found:
                raise click.ClickException(f"{len(found)} values differ from the store")
            click.echo("Every value is what the inputs give.")
            return
        for period, number in compute_now(session, SYSTEM, periods):
            click.echo(f"{period}: {number} values new or changed")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", required=True, type=click.Choice(["json-stat", "sdmx-csv", "tsv", "csv"]))
@click.option("--source", required=True, help="Where the figures are from, as it is shown.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML: a list of series, where (dimension: code), city and times.",
)
@click.option("--kind", default="official", type=click.Choice(["official", "sensor", "delivery"]))
def import_series(file: Path, form: str, source: str, mapping: Path | None, kind: str) -> None:
    """Take in official figures, a sensor's series, or another city's published file."""
    from backend.indicators.official import read_rules
    from backend.indicators.service.importing import SeriesFile
    from backend.indicators.service.importing import import_series as take_in

    with open_session() as session:
        rules = read_rules(mapping.read_text(encoding="utf-8")) if mapping else ()
        body = file.read_text(encoding="utf-8-sig")
        number = take_in(session, SYSTEM, SeriesFile(form, body, file.name, source, rules, kind))
    click.echo(f"{number} figures taken in.")


@click.command("report")
@click.option("--period", required=True, help="2026 or 2026-Q3.")
@click.option("--lang", default="en", type=click.Choice(["en", "nl", "ro", "de"]))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .pdf or .html."
)
def report(period: str, lang: str, out: Path) -> None:
    """Write the audit report of a period as PDF or as the page that the city shows."""
    from urllib.parse import urlencode

    from flask import current_app

    from backend.indicators.periods import parse_period
    from backend.indicators.queries.values import periods

    wanted = str(parse_period(period))
    with open_session(commit=False, reading=True) as session:
        if wanted not in periods(session):
            raise click.ClickException(f"Nothing was computed of {wanted} yet.")
        kind = ".pdf" if out.suffix == ".pdf" else ""
        query = urlencode({"period": wanted, "lang": lang})
        answer = current_app.test_client().get(f"/indicators/report{kind}?{query}")
    out.write_bytes(answer.get_data())
    click.echo(f"{out}: {out.stat().st_size} bytes")


STORE_COMMANDS = (compute, import_series, report)
