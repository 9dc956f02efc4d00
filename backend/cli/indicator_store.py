"""The store of indicators from the terminal: computing periods, taking figures in, reporting."""

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
