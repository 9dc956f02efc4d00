"""A loaded city, visitors without scripts, and people who can sign in."""

from __future__ import annotations

import csv
import email
import email.policy
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.accounts.service import make_demo_account
from backend.city.pack import PACKS
from backend.city.service import import_pack
from backend.classification.queries import component_codes
from backend.core.actor import ANONYMOUS, SYSTEM, Actor
from backend.core.db import db
from backend.core.jobs import run_pending
from backend.reports import service
from backend.reports.service import NewReport, Step, Submitted
from tests.web.visitor import Page, Visitor

DEMO = PACKS / "vliermonde"
STREET = "Aalscholverlaan"
TRIAGE = Actor(
    kind="person", account_id=90_001, public_id="triagetriage0001",
    roles=frozenset({"citizen", "triage"}),
)  # fmt: skip


@pytest.fixture(scope="session")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo city with few houses, so that many tests can import it."""
    folder = Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("packs") / "vliermonde"))
    lines = (DEMO / "addresses.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if STREET in line] + lines[1::60]
    (folder / "addresses.csv").write_text(lines[0] + "".join(dict.fromkeys(kept)), encoding="utf-8")
    return folder


@pytest.fixture
def city(app: Flask, small_pack: Path) -> Flask:
    """The house with the demo city in it."""
    with app.app_context():
        import_pack(db.session(), SYSTEM, small_pack, component_codes())
        db.session.commit()
    return app


@pytest.fixture
def visitor(city: Flask) -> Visitor:
    """Somebody with a browser without scripts."""
    return Visitor(city)


@pytest.fixture(scope="session")
def house(small_pack: Path) -> tuple[float, float]:
    """The first house of the street, as (lon, lat)."""
    with (small_pack / "addresses.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["street"] == STREET]
    first = next(row for row in rows if row["number"] == "1")
    return float(first["lon"]), float(first["lat"])


Reporter = Callable[..., Submitted]


@pytest.fixture
def reported(city: Flask, house: tuple[float, float]) -> Reporter:
    """Make a report: `reported("The lamp is out", status="resolved")`."""

    def make(text: str = "The street lamp is out", **more: Any) -> Submitted:
        status, reason = more.pop("status", None), more.pop("reason", "It was mended this morning.")
        actor = more.pop("actor", ANONYMOUS)
        more.setdefault("place", house)
        with city.app_context():
            done = service.submit_report(db.session, actor, NewReport(text=text, **more))
            db.session.commit()
            if status:
                service.change_status(db.session, TRIAGE, done.public_id, Step(status, reason))
            db.session.commit()
            run_pending(db.session)
            db.session.commit()
        return done

    return make


def letters(app: Flask) -> list[Any]:
    """Every letter that the house sent, oldest first, after waiting jobs were run."""
    with app.app_context():
        run_pending(db.session)
        db.session.commit()
    folder = app.config["VOX"].data_dir / "mail"
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    ]


def code_for(app: Flask, address: str) -> str:
    """The code in the latest letter to an address."""
    mine = [letter for letter in letters(app) if letter["To"] == address]
    found = re.search(r"\b(\d{3}) (\d{3})\b", str(mine[-1].get_content()))
    assert found
    return found.group(1) + found.group(2)


@pytest.fixture
def sign_in(city: Flask) -> Callable[..., Page]:
    """Sign a visitor in with a code by e-mail; the page that they come to."""

    def act(visitor: Visitor, address: str = "ana@example.org", next_: str = "/mine") -> Page:
        asked = visitor.get(f"/sign-in?next={next_}").send("/sign-in", email=address)
        assert asked.address.startswith("/sign-in/code")
        return asked.send("/sign-in/code", code=code_for(city, address))

    return act


@pytest.fixture
def account(city: Flask) -> Callable[..., int]:
    """Make an account with roles and perhaps a second step."""

    def make(address: str, **more: Any) -> int:
        with city.app_context():
            found = make_demo_account(db.session, address, more.pop("name", "Ana"), **more)
            db.session.commit()
        return found

    return make
