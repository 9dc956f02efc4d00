"""Accounts from the terminal: the first administrator, and help for who is locked out."""

import click

from backend.cli.house import open_session
from backend.core.actor import SYSTEM
from backend.core.policy import ROLES


@click.group()
def account() -> None:
    """Accounts of city hall."""


@account.command("invite")
@click.argument("email")
@click.option(
    "--role",
    required=True,
    type=click.Choice([r for r in ROLES if r not in ("anonymous", "system")]),
)
@click.option("--name", help="How the person is called.")
@click.option("--department", help="Code of the department, for the role department.")
def invite(email: str, role: str, name: str | None, department: str | None) -> None:
    """Make an account with a role; the person signs in by a code sent to the address."""
    from backend.accounts import service
    from backend.city.queries import department_by_code

    with open_session() as session:
        found = department_by_code(session, department) if department else None
        if department and found is None:
            raise click.ClickException(f"There is no department {department}.")
        account_id = service.create_account(
            session, email=email, name=name, verified=True, method="invited"
        )
        service.grant_role(
            session, SYSTEM, account_id, role, department_id=found.id if found else None
        )
    click.echo(f"{email} is now {role}. Sign in at /sign-in and set up the second factor.")
