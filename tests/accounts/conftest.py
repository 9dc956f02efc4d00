"""People of the tests: with an account, a session, and a letter box that can be read."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.accounts import queries, service
from backend.accounts.models import Account
from backend.accounts.service.sessions import start_session
from backend.core.actor import Actor
from backend.core.db import db
from backend.core.jobs import run_pending

TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
API = "/api/v1"


@dataclass
class Person:
    """Somebody with an account who is signed in."""

    id: int
    public_id: str
    email: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The headers of their requests."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def actor(self) -> Actor:
        """Who they are at this moment."""
        found = queries.actor_for_token(db.session, self.token)
        assert found is not None
        return found


@pytest.fixture
def add_noise(app: Flask) -> None:
    """Somebody else with a role, a session and a device."""
    with app.app_context():
        other = service.make_demo_account(
            db.session, "noise@city.example", "Noise", ["organiser"], totp_secret=TOTP
        )
        token = start_session(db.session, other, "bearer", True)
        db.session.commit()
        actor = queries.actor_for_token(db.session, token)
        service.register_device(db.session, actor, "fcm", "noise-token-0123456789")
        service.give_consent(db.session, actor, "newsletter")
        db.session.commit()
        db.session.remove()


@pytest.fixture
def person(session: Any) -> Callable[..., Person]:
    """Make somebody: `person("ana@example.org", roles=["triage"])`."""

    def make(
        address: str = "ana@example.org",
        name: str = "Ana",
        *,
        roles: list[str] | None = None,
        proven: bool = True,
        department_id: int | None = None,
        totp: bool = True,
        **rest: Any,
    ) -> Person:
        account_id = service.make_demo_account(
            session,
            address,
            name,
            roles or [],
            department_id,
            totp_secret=TOTP if roles and totp else None,
            **rest,
        )
        token = start_session(session, account_id, "bearer", bool(roles) and proven)
        public_id = session.execute(
            select(Account.public_id).where(Account.id == account_id)
        ).scalar_one()
        session.commit()
        return Person(account_id, public_id, address, token)

    return make


@dataclass
class LetterBox:
    """The letters that the house sent."""

    app: Flask

    def letters(self, to: str | None = None) -> list[Any]:
        """Every letter, oldest first, after the jobs that wait were run."""
        run_pending(db.session)
        folder = self.app.config["VOX"].data_dir / "mail"
        found = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        ]
        return [letter for letter in found if to is None or letter["To"] == to]

    def text(self, to: str | None = None) -> str:
        """The latest letter's text."""
        return str(self.letters(to)[-1].get_content())

    def code(self, to: str | None = None) -> str:
        """The code in the latest letter."""
        found = re.search(r"\b(\d{3}) (\d{3})\b", self.text(to))
        assert found
        return found.group(1) + found.group(2)

    def link(self, to: str | None = None) -> str:
        """The token in the latest letter's link."""
        found = re.search(r"token=(\w+)", self.text(to))
        assert found
        return found.group(1)


@pytest.fixture
def letter_box(app: Flask, session: Any) -> LetterBox:
    """The letters that the house sent."""
    return LetterBox(app)


@pytest.fixture
def totp() -> pyotp.TOTP:
    """The authenticator of staff."""
    return pyotp.TOTP(TOTP)


@pytest.fixture
def api(client: FlaskClient) -> Callable[..., Any]:
    """Ask the API: `api("post", "/sign-in", json={…}, by=person)`."""

    def ask(method: str, path: str, by: Person | None = None, **rest: Any) -> Any:
        headers = {**rest.pop("headers", {}), **(by.bearer if by else {})}
        return getattr(client, method)(API + path, headers=headers, **rest)

    return ask
