"""Giving data back."""

import sys
from pathlib import Path

import click

from backend.cli.house import open_session
from backend.core.actor import ANONYMOUS, SYSTEM


@click.group()
def export() -> None:
    """Give the city's data back."""


@export.command("reports")
@click.option("--format", "form", default="jsonl", type=click.Choice(["jsonl", "csv", "geojson"]))
@click.option("--out", type=click.Path(path_type=Path), help="A file; default: standard output.")
@click.option("--public", is_flag=True, help="Only what everybody may see.")
def export_reports(form: str, out: Path | None, public: bool) -> None:
    """Write every report, one a line, oldest arrival first; no contacts."""
    from backend.reports import service

    with open_session(commit=False, reading=True) as session:
        actor = ANONYMOUS if public else SYSTEM
        lines = service.export_reports(session, actor, form, only_public=public)
        if out:
            with out.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
            return
        for line in lines:
            sys.stdout.write(line)
