"""A small town with staff, and reports in every state, as the desk meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text as sql
from werkzeug.test import TestResponse

from backend.accounts import service as accounts
from backend.accounts.queries import actor_for_token
from backend.city.service import import_pack
from backend.classification.queries import component_codes
from backend.core.actor import SYSTEM, Actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.jobs import run_pending
from backend.reports import service
from backend.reports.service import Contact, NewReport
from tests.city.conftest import SMALL, SQUARE

PACK = {
    **SMALL,
    "departments.yaml": {
        "departments": [
            {"code": "roads", "name": {"en": "Roads"}},
            {"code": "waste", "name": {"en": "Waste"}},
        ]
    },
    "services.yaml": {
        "groups": [{"code": "all", "name": {"en": "Everything"}}],
        "services": [
            {
                "code": "pothole",
                "group": "all",
                "component": "SM-IT",
                "department": "roads",
                "working_days": 5,
                "name": {"en": "Pothole"},
                "description": {"en": "A hole in the road."},
            },
            {
                "code": "rubbish",
                "group": "all",
                "component": "MI2",
                "department": "waste",
                "working_days": 2,
                "name": {"en": "Rubbish"},
                "description": {"en": "Rubbish in the street."},
            },
        ],
    },
}
PLACE = (25.05, 45.05)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the town's pack."""
    folder = tmp_path_factory.mktemp("packs") / "smallville"
    folder.mkdir()
    for name, content in PACK.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    (folder / "districts.geojson").write_text(SQUARE, encoding="utf-8")
    return folder


@dataclass
class Desk:
    """A signed-in clerk: pages are read and forms are sent as a browser does."""

    client: FlaskClient
    account_id: int
    token: str
    page: str = ""
    csrf: str = ""
    response: TestResponse | None = field(default=None, repr=False)

    def get(self, address: str, status: int = 200) -> str:
        """Read a page."""
        self.response = self.client.get(address, headers={"Accept": "text/html"})
        self.page = self.response.get_data(as_text=True)
        assert self.response.status_code == status, (
            address,
            self.response.status_code,
            self.page[-3000:],
        )
        return self.page

    def send(self, address: str, expected: int = 303, /, **fields: Any) -> str:
        """Send a form of the page that was read last, with its hidden fields."""
        if found := re.search(r'name="csrf_token" value="([^"]+)"', self.page):
            self.csrf = found[1]
        carried = {
            name: match[1]
            for name in ("version", "seen", "way", "next")
            if (match := re.search(rf'name="{name}" value="([^"]*)"', self.page))
        }
        data = carried | {"csrf_token": self.csrf} | fields
        self.response = self.client.post(address, data=data, headers={"Accept": "text/html"})
        self.page = self.response.get_data(as_text=True)
        assert self.response.status_code == expected, (self.response.status_code, self.page[-3000:])
        return self.page

    def follow(self) -> str:
        """Go where the form led."""
        assert self.response is not None
        return self.get(self.response.headers["Location"])


@dataclass
class Town:
    """The town's people, found by name, and a way to tell the city something."""

    app: Flask
    departments: dict[str, int]

    def actor(
        self, *roles: str, department: str | None = None, name: str = ""
    ) -> tuple[Actor, str, int]:
        """A member of staff, signed in with the second factor."""
        name = name or (roles[0].title() if roles else "Citizen")
        with self.app.app_context():
            session = db.session()
            account_id = accounts.make_demo_account(
                session, f"{name.lower().replace(' ', '.')}@city.example", name, roles,
                self.departments[department] if department else None,
            )  # fmt: skip
            token = accounts.start_session(session, account_id, "cookie", second_factor=bool(roles))
            actor = actor_for_token(session, token)
            session.commit()
        assert actor is not None
        return actor, token, account_id

    def desk(self, *roles: str, department: str | None = None, name: str = "") -> Desk:
        """A browser in which somebody is signed in."""
        _actor, token, account_id = self.actor(*roles, department=department, name=name)
        client = self.app.test_client()
        client.set_cookie("vox", token)
        return Desk(client, account_id, token)

    def tell(self, text: str, *, judged: bool = True, **rest: Any) -> str:
        """Report something; the model reads it at once unless told not to."""
        rest.setdefault("place", PLACE)
        with self.app.app_context():
            session = db.session()
            done = service.submit_report(session, Actor(), NewReport(text=text, **rest))
            session.commit()
            if judged:
                run_pending(session)
        return done.public_id

    def work(self, act: Callable[[Any], Any]) -> Any:
        """Do something in the rooms below, and commit."""
        with self.app.app_context():
            session = db.session()
            found = act(session)
            session.commit()
            return found

    def age(self, public_id: str, **ago: float) -> None:
        """Make a report due in the past."""
        moment = utcnow() - timedelta(**ago)
        self.work(
            lambda s: s.execute(
                sql("update report set due_at = :due where public_id = :id"),
                {
                    "due": moment
                    if "postgres" in str(s.get_bind().url)
                    else moment.replace(tzinfo=None),
                    "id": public_id,
                },
            )
        )


@pytest.fixture
def city(app: Flask, town: Path) -> Town:
    """The town, loaded."""
    with app.app_context():
        session = db.session()
        import_pack(session, SYSTEM, town, frozenset(component_codes()))
        session.commit()
        from backend.city.queries import facts

        return Town(app, {d.code: d.id for d in facts(session).departments})


@pytest.fixture
def contact() -> Contact:
    """How a reporter may be reached."""
    return Contact(name="Ana Pop", email="ana@mail.example", phone="0722 123 456")


@dataclass
class Asked:
    """The statements that reached the database."""

    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many there were."""
        return len(self.statements)


@pytest.fixture
def count_queries(app: Flask) -> Any:
    """Count the statements of a block: `with count_queries() as asked:`."""
    from contextlib import contextmanager

    from sqlalchemy import event

    @contextmanager
    def counting() -> Any:
        asked = Asked()
        with app.app_context():
            engine = db.engine

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
