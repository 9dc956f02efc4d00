"""The schema of the database and the document of the API."""

from pathlib import Path

import click

from backend.cli.house import open_app


@click.command()
@click.option("--to", "revision", default="head", help="Revision to reach; 'head' is the newest.")
@click.option("--down", is_flag=True, help="Go back to --to instead of up.")
def migrate(revision: str, down: bool) -> None:
    """Bring the database to the schema of this release."""
    from backend.core import migrate as migrations

    app = open_app()
    (migrations.downgrade if down else migrations.upgrade)(app, revision)
    click.echo(
        f"Database ready at {migrations.head_revision() if revision == 'head' else revision}."
    )


@click.command()
@click.option("--write", type=click.Path(path_type=Path), help="Write to this file.")
def openapi(write: Path | None) -> None:
    """Print the OpenAPI document of the REST interface."""
    from backend.core.api import document
    from backend.core.fastjson import dumps

    app = open_app()
    with app.app_context():
        text = dumps(document(app), indent=True).decode() + "\n"
    if write:
        write.write_text(text)
        click.echo(f"Written to {write}.")
    else:
        click.echo(text, nl=False)
