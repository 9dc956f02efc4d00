"""The command `vox`: everything that an operator does from a terminal."""

import sys

import click

from backend.core.problems import Problem
from backend.core.settings import SettingsError


class LazyGroup(click.Group):
    """Loads a command's module only when it is used, so that `vox` answers at once."""

    COMMANDS = {
        "migrate": "schema:migrate",
        "serve": "serving:serve",
        "worker": "serving:worker",
        "jobs": "operations:jobs",
        "ledger": "operations:ledger",
        "keys": "operations:keys",
        "backup": "backups:backup",
        "restore": "backups:restore",
        "account": "people:account",
        "seed": "seeding:seed",
        "import": "importing:import_",
        "export": "exporting:export",
        "ml": "learning:ml",
        "indicators": "indicators:indicators",
        "tally": "tally:tally",
        "openapi": "schema:openapi",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a newcomer meets them."""
        return list(self.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        from importlib import import_module

        if cmd_name not in self.COMMANDS:
            return None
        module, name = self.COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"backend.cli.{module}"), name)
        return command


@click.group(cls=LazyGroup)
@click.version_option(package_name="vox-urbis")
def vox() -> None:
    """Vox Urbis: the voice of the city."""


def main() -> None:
    """Run `vox`; an error of the operator's is one clear line, not a trace."""
    try:
        vox(standalone_mode=True)
    except SettingsError as error:
        click.secho(str(error), fg="red", err=True)
        sys.exit(2)
    except Problem as problem:
        body = problem.body()
        click.secho(f"{body['title']}: {body['detail']}", fg="red", err=True)
        for item in body.get("errors", ()):  # type: ignore[attr-defined]
            click.echo(f"  {item['field']}: {item['message']}", err=True)
        sys.exit(1)
