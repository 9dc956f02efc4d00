"""The classifier from the terminal."""

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.group()
def ml() -> None:
    """The classifier: train, evaluate, predict, card."""


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
