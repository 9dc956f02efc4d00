"""What an operator looks at: jobs that failed, the ledger, the keys."""

import secrets
import sys

import click

from backend.cli.house import open_session


@click.group()
def jobs() -> None:
    """Jobs: how many wait, which died, try again."""


@jobs.command("status")
def jobs_status() -> None:
    """Count jobs by state."""
    from backend.core.jobs import counts

    with open_session(reading=True) as session:
        for state, number in sorted(counts(session).items()):
            click.echo(f"{state:8} {number}")


@jobs.command("dead")
@click.option("--limit", default=50, show_default=True)
def jobs_dead(limit: int) -> None:
    """List jobs that failed for the last time."""
    from backend.core.jobs import list_dead

    with open_session(reading=True) as session:
        for row in list_dead(session, limit):
            click.echo(
                f"{row['id']:>8} {row['name']:32} after {row['attempts']} tries: {row['error']}"
            )


@jobs.command("requeue")
@click.argument("job_id", type=int, required=False)
def jobs_requeue(job_id: int | None) -> None:
    """Try a dead job again, or all of them."""
    from backend.core.jobs import requeue

    with open_session() as session:
        number = requeue(session, job_id)
    click.echo(f"{number} jobs will be tried again.")


@click.group()
def ledger() -> None:
    """The append-only history."""


@ledger.command("verify")
def ledger_verify() -> None:
    """Walk every chain and every seal; exit code 1 names the first fault."""
    from backend.core.ledger import verify

    with open_session(reading=True) as session:
        verdict = verify(session)
    click.echo(f"{verdict.entries} entries of {verdict.subjects} subjects, {verdict.seals} seals.")
    if verdict.fault:
        click.secho(f"Broken: {verdict.fault}", fg="red", err=True)
        sys.exit(1)
    click.echo("The chain holds.")


@click.group()
def keys() -> None:
    """Secret keys."""


@keys.command("new")
def keys_new() -> None:
    """Print a new value for VOX_SECRET_KEY."""
    click.echo(secrets.token_urlsafe(48))


@keys.command("reseal")
def keys_reseal() -> None:
    """Seal everything again with the present key, after a rotation."""
    from backend.accounts.service import remark
    from backend.core.rotation import reseal

    with open_session() as session:
        done = reseal(session)
        done["keyed hashes of accounts"] = remark(session)
    for table, number in sorted(done.items()):
        click.echo(f"{table}: {number} rows")
    click.echo("Done. VOX_SECRET_KEY_FALLBACKS can be emptied once every process was restarted.")
