"""Counting an election from the terminal, and verifying a published count."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click


class _Tally(click.Group):
    """`vox tally FILE.pb …` counts; `vox tally verify PACKAGE` verifies."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Whatever does not name a command is a file to count."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["count", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Tally)
def tally() -> None:
    """Count a Pabulib file by a rule: vox tally FILE.pb --rule votes. Or verify a package."""


@tally.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rule",
    "name",
    required=True,
    type=click.Choice(["votes", "points", "equal-shares", "phragmen"]),
)
@click.option(
    "--utility",
    type=click.Choice(["cost", "cardinality"]),
    help="Equal Shares: what a choice is worth to a voter. Default: cost; where ballots carry"
    " points or ranks, these points.",
)
@click.option(
    "--leftover",
    type=click.Choice(["skip", "stop", "partial"]),
    default="skip",
    show_default=True,
    help="What happens at a project that does not fit.",
)
@click.option(
    "--completion",
    type=click.Choice(["none", "add1", "votes"]),
    default="none",
    show_default=True,
    help="How the money is spent that Equal Shares leaves.",
)
@click.option("--exhaustive-stop", is_flag=True, help="End Add1 as soon as nothing more fits.")
@click.option(
    "--caps",
    type=click.Choice(["ignore", "hold", "hold-then-fill"]),
    default="ignore",
    show_default=True,
    help="The file's caps by category and area.",
)
@click.option(
    "--min-support",
    default="none",
    show_default=True,
    metavar="none|votes:N|share:X|cost-share:X",
    help="With less, a project cannot win.",
)
@click.option(
    "--tie",
    default="cost,votes",
    show_default=True,
    metavar="cost,votes,lot:SEED",
    help="Who goes first among equals; at the end the order of the file.",
)
@click.option("--exact", is_flag=True, help="Whole numbers throughout, as in a published count.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def count_(file: Path, as_json: bool, exact: bool, **options: Any) -> None:
    """Count FILE, an election in the Pabulib format."""
    from backend.ideas.count import RuleError, count
    from backend.ideas.count.pabulib import PabulibError, read_pabulib

    try:
        election = read_pabulib(file)
        rule = _rule(options, election.has_points)
        outcome = count(election, rule, exact=exact)
    except PabulibError as error:
        _refuse(f"{file}: {error}")
    except RuleError as error:
        _refuse(str(error))
    for note in election.notes:
        click.echo(f"{file}: {note}", err=True)
    if as_json:
        click.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
        return
    for id_, verdict in outcome.projects.items():
        click.echo(f"{verdict.outcome:7} {id_:>12} {verdict.votes:>7}  {verdict.why}")
    click.echo(f"{len(outcome.selected)} winners, {outcome.as_dict()['spent']} spent")


@tally.command("verify")
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.option("--fingerprint", default="", help="The one that was published elsewhere.")
@click.option("--receipt", default="", help="Find this ballot in the list.")
@click.option("--every-step", is_flag=True, help="Repeat every step of Add1, however many.")
def verify(package: Path, fingerprint: str, receipt: str, every_step: bool) -> None:
    """Verify a published count: every file, every ballot's link, and the count itself."""
    from backend.ideas.count.package.verifying import main
    from backend.ideas.count.vectors import Vectors

    given = [str(package), "--fingerprint", fingerprint, "--receipt", receipt]
    sys.exit(main([*given, *(["--every-step"] if every_step else [])], Vectors))


def _rule(options: dict[str, Any], has_points: bool) -> Any:
    from backend.ideas.count import Rule, Support, parse_tie

    criteria, seed = parse_tie(options.pop("tie"))
    support = Support.parse(options.pop("min_support"))
    utility = options.pop("utility") or ("cardinality" if has_points else "cost")
    rule = Rule(tie=criteria, min_support=support, utility=utility, **options)
    return replace(rule, seed=seed)


def _refuse(what: str) -> None:
    click.secho(what, fg="red", err=True)
    sys.exit(2)
