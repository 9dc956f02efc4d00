"""The classifier from the terminal."""

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.group()
def ml() -> None:
    """The classifier: train, evaluate, predict; candidates, promotion, rollback."""


@ml.command("train")
@click.option(
    "--data",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Further labelled CSV files.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the model; default: the data folder."
)
@click.option("--extra", type=click.Choice(["encoder"]), help="Average in a sentence encoder.")
def train(data: tuple[Path, ...], out: Path | None, extra: str | None) -> None:
    """Train a model from the seed corpus and further data."""
    from backend.core.settings import Settings
    from ml.commands import train as run

    report = run(list(data), out or Path(Settings.from_env().model_dir) / "trained", extra)
    click.echo(json.dumps(report, indent=2, default=str))


@ml.command("evaluate")
@click.argument("data", type=click.Path(exists=True, path_type=Path))
@click.option("--mapping", required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--folds", type=click.IntRange(2, 20), help="Train inside the set, in this many folds."
)
@click.option(
    "--model", type=click.Path(exists=True, path_type=Path), help="Judge this model folder."
)
@click.option("--exclude-source", help="Leave texts of this source out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(data: Path, as_json: bool, **options: Any) -> None:
    """Judge the shipped model on labelled texts, or train inside them with --folds."""
    from ml.commands import evaluate as run

    result = run(data, **options)
    if as_json:
        click.echo(json.dumps(result))
        return
    for level in ("domain", "component"):
        for name, value in result[level].items():
            click.echo(f"{level:10} {name:16} {value}")


@ml.command("predict")
@click.option(
    "--model", type=click.Path(exists=True, path_type=Path), help="Use this model folder."
)
def predict(model: Path | None) -> None:
    """Read texts from standard input, one a line; write suggestions as JSON lines."""
    from ml import load_model
    from ml.commands import predict as run

    for result in run(sys.stdin, load_model(model)):
        click.echo(json.dumps(result, ensure_ascii=False))


@ml.command("card")
@click.option(
    "--model", type=click.Path(exists=True, path_type=Path), help="Use this model folder."
)
def card(model: Path | None) -> None:
    """Print the model card."""
    from ml import load_model
    from ml.commands import card as run

    click.echo(run(load_model(model)))


@ml.command("learn")
@click.option("--now", is_flag=True, help="Even where little was corrected since the last time.")
def learn(now: bool) -> None:
    """Train a candidate on the corrections and judge it; the scheduler does it every night."""
    from backend.classification.nightly import LEAST_NEW, bound_process
    from backend.classification.nightly import learn as run
    from backend.cli.house import open_session
    from backend.core.settings import Settings

    bound_process(Settings.from_env().learning_minutes)
    with open_session(commit=False) as session:
        found = run(session, least=1 if now else LEAST_NEW)
    told = [found.outcome, found.version, found.reason]
    click.echo(": ".join(part for part in told if part))


@ml.command("candidates")
def candidates() -> None:
    """List the models that were offered, with what became of them and why."""
    from backend.classification.queries import models
    from backend.cli.house import open_session

    with open_session(reading=True, commit=False) as session:
        found = models(session)
    for row in found:
        click.echo(f"{row['version']:20} {row['state']:10} {row['created_at']:%Y-%m-%d %H:%M}")
        if row["reason"]:
            click.echo(f"    {row['reason']}")
    if not found:
        click.echo("None yet: the shipped model runs.")


@ml.command("promote")
@click.argument("version")
@click.option("--force", is_flag=True, help="Also one that was kept out; say why.")
@click.option("--reason", help="Why.")
def promote(version: str, force: bool, reason: str | None) -> None:
    """Let a candidate run."""
    from backend.classification.promotion import promote as run
    from backend.cli.house import open_session
    from backend.core.actor import SYSTEM

    with open_session() as session:
        run(session, SYSTEM, version, reason=reason, force=force)
    click.echo(f"{version} runs.")


@ml.command("rollback")
@click.option("--reason", help="Why.")
def rollback(reason: str | None) -> None:
    """Put the model that ran before back into its place."""
    from backend.classification.promotion import rollback as run
    from backend.cli.house import open_session
    from backend.core.actor import SYSTEM

    with open_session() as session:
        version = run(session, SYSTEM, reason)
    click.echo(f"{version} runs.")


@ml.command("doubts")
def doubts() -> None:
    """List corrections that models which had not seen them do not believe."""
    from backend.classification.queries import doubted_corrections
    from backend.cli.house import open_session

    with open_session(reading=True, commit=False) as session:
        for row in doubted_corrections(session):
            click.echo(json.dumps(row))


@ml.command("questions")
def questions() -> None:
    """List the texts whose decision by a person would teach the model most."""
    from backend.classification.queries import last_watch
    from backend.cli.house import open_session

    with open_session(reading=True, commit=False) as session:
        seen = last_watch(session)
    for row in seen["queue"] if seen else ():
        click.echo(json.dumps(row))
