"""Filling a city: the invented demo city with its people and its history."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import pyotp
from flask import current_app
from rich.progress import Progress
from sqlalchemy.orm import Session

from backend.cli.house import open_session
from backend.cli.seeding_ideas import seed_ideas
from backend.cli.seeding_indicators import seed_indicators
from backend.cli.seeding_votes import seed_votes
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow

PACK = Path(__file__).parent.parent / "city" / "packs" / "vliermonde"
SOURCE = "demo"
DICE = 1
PASSWORD = "vliermonde-demo"  # noqa: S105 - of invented people, in a city that says it is a demo
PEOPLE: tuple[tuple[str, str, tuple[str, ...], str | None, str], ...] = (
    # (e-mail, name, roles, department, language)
    ("citizen@vliermonde.example", "Noor Demo", (), None, "nl"),
    ("triage@vliermonde.example", "Teun Demo", ("triage",), None, "nl"),
    ("department@vliermonde.example", "Daria Demo", ("department",), "roads", "en"),
    ("jury@vliermonde.example", "Joris Demo", ("jury",), None, "nl"),
    ("organiser@vliermonde.example", "Olga Demo", ("organiser",), None, "en"),
    ("administrator@vliermonde.example", "Ada Demo", ("administrator",), None, "en"),
)


@click.group()
def seed() -> None:
    """Fill an empty city with invented data."""


@seed.command("demo")
@click.option("--reports", type=int, help="Take only so many of the newest reports.")
@click.option("--no-photos", is_flag=True, help="Draw no photos; quicker.")
def demo(reports: int | None, no_photos: bool) -> None:
    """Found the demo city with its accounts and two thousand reports; again, it adds nothing."""
    with open_session() as session:
        if current_app.config["VOX"].env == "production":
            raise click.ClickException("The demo city is not for production.")
        from backend.city.service import import_pack
        from backend.classification.queries import component_codes

        import_pack(session, SYSTEM, PACK, component_codes())
        session.commit()
        _make_people(session)
        session.commit()
        added = _tell_history(session, reports, photos=not no_photos)
        seed_indicators(session)
        seed_votes(session)
        seed_ideas(session, PACK, author=PEOPLE[0][0], photos=not no_photos)
        session.commit()
    click.echo(f"{added} reports added.")
    show_people()


def _make_people(session: Session) -> None:
    from backend.accounts.service import make_demo_account
    from backend.city.queries import department_by_code

    for email, name, roles, department, language in PEOPLE:
        found = department_by_code(session, department) if department else None
        make_demo_account(
            session,
            email,
            name,
            roles,
            found.id if found else None,
            totp_secret=demo_secret(email) if roles else None,
            password=PASSWORD,
            language=language,
        )


def demo_secret(email: str) -> str:
    """The second factor of a demo account: derived, so that `vox seed code` can show it."""
    import base64

    from backend.core.crypto import keyring

    return base64.b32encode(bytes.fromhex(keyring().mac(email, "demo totp"))[:20]).decode()


@seed.command("open311-fixture")
def open311_fixture() -> None:
    """Found an invented city for trying out Open311 clients; again, it adds nothing."""
    with open_session() as session:
        if current_app.config["VOX"].env == "production":
            raise click.ClickException("The fixture's key is known to everybody: not here.")
        from backend.open311.fixture import JURISDICTION, KEY, lay_fixture

        laid = lay_fixture(session)
        base = current_app.config["VOX"].base_url
    click.echo(f"{laid.reports} reports added, {laid.services} services offered.")
    click.echo(f"Endpoint {base}/open311/v2, jurisdiction {JURISDICTION}, API key {KEY}")


@seed.command("code")
@click.argument("email")
def code(email: str) -> None:
    """Show the present six digits of a demo account's second factor."""
    known = {person[0].partition("@")[0]: person[0] for person in PEOPLE}
    with open_session(reading=True):
        full = known.get(email, email)
        click.echo(pyotp.TOTP(demo_secret(full)).now())


def show_people() -> None:
    """Tell how to sign in to the demo city."""
    click.echo("\nDemo accounts (password: " + click.style(PASSWORD, bold=True) + ")")
    for email, _name, roles, department, _language in PEOPLE:
        role = f"{roles[0]} ({department})" if department else (roles[0] if roles else "citizen")
        click.echo(f"  {email:36} {role}")
    click.echo("Staff also need six digits: .venv/bin/vox seed code triage@vliermonde.example\n")


def _tell_history(session: Session, most: int | None, *, photos: bool) -> int:
    from backend.city.demo import demo_reports
    from backend.reports.queries.listing import has_source
    from backend.reports.service.lives import record_lives

    until = utcnow().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    if has_source(session, SOURCE):
        return 0
    found = list(demo_reports(PACK, DICE, until))
    found = found[-most:] if most else found
    with Progress(transient=True) as bar:
        task = bar.add_task("Laying out the demo city's history", total=len(found))

        def lives() -> Iterator[Any]:
            for report in found:
                yield _life(session, report, photos=photos)
                bar.advance(task)

        return record_lives(session, SYSTEM, lives(), source=SOURCE).added


def _life(session: Session, report: Any, *, photos: bool) -> Any:
    from backend.city.queries import service_by_code
    from backend.reports.service.lives import LifeStep, ReportLife

    service = service_by_code(session, report.service)
    last = report.timeline[-1] if report.timeline else None
    closed = last.at if last else None
    return ReportLife(
        source_id=report.client_id,
        text=report.text,
        type=service.name(report.language) if service else None,
        status=report.status,
        created_at=report.created_at,
        updated_at=last.at if last else report.created_at,
        closed_at=closed,
        place=(report.lon, report.lat) if report.lon is not None else None,
        address=report.address,
        kind=report.kind,
        language=report.language,
        reason=last.text if last else None,
        channel=report.channel,
        answers=report.answers,
        steps=tuple(LifeStep(s.at, s.status, s.text, s.forwarded_to) for s in report.timeline),
        confirmed_at=report.confirmed_at,
        satisfaction=report.satisfaction,
        photo=_photo(session, report.photo) if photos and report.photo else None,
        duplicate_of=report.duplicate_of,
    )


VARIANTS = 10  # of each kind of photo: drawing and encoding are what takes the seeding's time


def _photo(session: Session, recipe: Any) -> str:
    """Draw a photo; it goes the way of every photo, except that our own drawing is trusted."""
    return draw_one(session, recipe)


def draw_one(session: Session, recipe: Any) -> str:
    """Draw a photo and keep it; its id."""
    from backend.media.service import keep

    return keep(
        session, SYSTEM, _drawn(recipe.kind, recipe.seed % VARIANTS, recipe.night)
    ).public_id


@lru_cache(maxsize=1000)
def _drawn(kind: str, seed: int, night: bool) -> Any:
    import io

    from PIL import Image

    from backend.city.demo import PhotoRecipe, draw_photo
    from backend.media.darkroom import SIZES
    from backend.media.develop import DevelopedPhoto

    drawn = Image.open(io.BytesIO(draw_photo(PhotoRecipe(kind, seed, night)))).convert("RGB")
    images, sizes = {}, {}
    for name, side in SIZES.items():
        copy = drawn.copy()
        copy.thumbnail((side, side))
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=82)
        images[name], sizes[name] = out.getvalue(), copy.size
    return DevelopedPhoto(images, sizes, None, None)
