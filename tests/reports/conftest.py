"""Actors, a small catalogue and reports to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from backend.accounts.models import Account
from backend.accounts.service.accounts import create_account
from backend.accounts.service.roles import grant_role
from backend.accounts.service.sessions import start_session
from backend.city.models import City, Department, District, Service
from backend.core.actor import ANONYMOUS, SYSTEM, Actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.reports.service import NewReport, Submitted, submit_report

HERE = (2.05, 54.72)
QUESTIONS = [
    {
        "code": "where", "datatype": "singlevaluelist", "required": True, "when": None,
        "text": {"en": "Where?"}, "help": {},
        "values": [{"key": "road", "name": {"en": "Road"}}, {"key": "path", "name": {"en": "Path"}}],
    },
    {
        "code": "lane", "datatype": "number", "required": True, "text": {"en": "Lane?"}, "help": {},
        "values": [], "when": {"question": "where", "is": ["road"]},
    },
]  # fmt: skip


def actor(*roles: str, account: int | None = None, departments: tuple[int, ...] = ()) -> Actor:
    """A signed-in person."""
    return Actor(
        kind="person", account_id=account or 900, public_id=f"person{account or 900}",
        roles=frozenset({"citizen", *roles}), departments=frozenset(departments),
        assurance="contact_verified",
    )  # fmt: skip


CITIZEN = actor(account=901)
NEIGHBOUR = actor(account=902)
TRIAGE = actor("triage", account=903)
ADMINISTRATOR = actor("administrator", account=904)


@dataclass(frozen=True)
class Catalogue:
    """The keys of the small city."""

    roads: int
    parks: int


@pytest.fixture
def city(session: Any) -> Catalogue:
    """A square city with two districts, two departments and four services."""
    return found_city(session)


@pytest.fixture
def founded(app: Flask) -> Catalogue:
    """The same city for tests that ask as clients."""
    with app.app_context():
        return found_city(db.session())


def found_city(session: Any) -> Catalogue:
    """Write the small city and commit it."""
    now = utcnow()
    session.execute(
        insert(City).values(
            id=1, stamp=f"{now.timestamp():.6f}", slug="smallville", digest=None,
            time_zone="Europe/Amsterdam",
            profile={
                "name": {"en": "Smallville"}, "languages": ["en", "nl"],
                "emergency": {"number": "112", "message": {"en": "Call 112 first."}},
            },
            hours={}, emergency_phrases={"en": ["on fire"]}, groups=[], updated_at=now,
        )
    )  # fmt: skip
    ids = []
    for position, code in enumerate(("roads", "parks")):
        values = {"code": code, "name": {"en": code.title()}, "position": position, "hours": {}}
        ids.append(session.execute(insert(Department).values(**values)).inserted_primary_key[0])
    for position, (code, west) in enumerate((("west", 2.0), ("east", 2.1))):
        ring = [[west, 54.7], [west + 0.1, 54.7], [west + 0.1, 54.8], [west, 54.8], [west, 54.7]]
        session.execute(
            insert(District).values(
                code=code, name={"en": code.title()}, position=position, population={},
                geometry={"type": "Polygon", "coordinates": [ring]},
            )
        )  # fmt: skip
    services = (
        ("pothole", "SM-IT", ids[0], QUESTIONS, False),
        ("tree", "MI1", ids[1], [], False),
        ("other", None, None, [], False),
        ("abuse", "MVI4", ids[1], [], True),
    )
    for position, (code, component, department, questions, confidential) in enumerate(services):
        session.execute(
            insert(Service).values(
                code=code, name={"en": code.title(), "nl": code.upper()}, description={},
                position=position, component=component, department_id=department, keywords={},
                questions=questions, kinds=["complaint", "question", "suggestion", "praise"],
                place="optional", photo="optional", confidential=confidential, working_days=5,
                origin="pack",
            )
        )  # fmt: skip
    session.commit()
    return Catalogue(*ids)


@pytest.fixture
def send(session: Any) -> Callable[..., Submitted]:
    """Send a report and commit it."""

    def sending(
        text: str = "A deep hole in the road", *, by: Actor = ANONYMOUS, **rest: Any
    ) -> Submitted:
        rest.setdefault("place", HERE)
        done = submit_report(session, by, NewReport(text, **rest))
        session.commit()
        return done

    return sending


@pytest.fixture
def add_noise(app: Flask) -> None:
    """Reports of other people and kinds that a missing condition would find."""
    with app.app_context():
        session = db.session()
        make_people(session)
        for text, place, visibility in (
            ("Zebra noise in private", HERE, "private"),
            ("Zebra noise far away", (2.19, 54.79), "public"),
        ):
            new = NewReport(text, place=place, visibility=visibility, kind="praise", service=None)
            submit_report(session, actor(account=999), new)
        session.commit()
        db.session.remove()


def make_people(session: Any) -> None:
    """The accounts of the actors of these tests."""
    now = utcnow()
    session.execute(
        insert(Account),
        [
            {"id": number, "public_id": f"person{number:010d}", "state": "active", "language": "en",
             "assurance": "contact_verified", "created_at": now, "updated_at": now, "version": 1}
            for number in range(900, 1000)
        ],
    )  # fmt: skip


@dataclass
class SignedIn:
    """A client that sends a person's token."""

    client: FlaskClient
    token: str
    account_id: int

    def __getattr__(self, method: str) -> Callable[..., Any]:
        send = getattr(self.client, method)

        def sending(path: str, **rest: Any) -> Any:
            headers = {"Authorization": f"Bearer {self.token}", **rest.pop("headers", {})}
            return send("/api/v1" + path, headers=headers, **rest)

        return sending


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., SignedIn]:
    """Sign a person in with roles, as the API knows them."""

    def signing(email: str, *roles: str, department: int | None = None) -> SignedIn:
        with app.app_context():
            session = db.session()
            account_id = create_account(
                session, email=email, name=email.split("@", maxsplit=1)[0].title(), language="en",
                verified=True, method="test",
            )  # fmt: skip
            for role in roles:
                only = department if role == "department" else None
                grant_role(session, SYSTEM, account_id, role, department_id=only)
            token = start_session(session, account_id, "bearer", second_factor=bool(roles))
            session.commit()
            db.session.remove()
        return SignedIn(app.test_client(), token, account_id)

    return signing
