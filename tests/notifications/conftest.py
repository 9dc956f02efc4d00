"""Fixtures of the room: people, a stand-in of the push services, an hour without quiet."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine

from backend.accounts import service as accounts
from backend.core.actor import ANONYMOUS
from backend.core.db import db
from backend.notifications.service import follow
from tests.notifications.news import Person, PushService

NOON = "2026-05-04T12:00:00Z"  # a Monday
Maker = Callable[..., Person]


@pytest.fixture
def person(session) -> Maker:
    """Make a person: `person("ana")`, with a session."""

    def make(name: str = "ana", *, language: str = "en") -> Person:
        email = f"{name}@people.example"
        account = accounts.create_account(
            session, email=email, name=name.title(), language=language, verified=True
        )
        token = accounts.start_session(session, account, "bearer")
        session.commit()
        return Person(account, email, token)

    return make


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    """It is noon, when nobody wants quiet, and the clock goes on from there."""
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller


@pytest.fixture
def add_noise(app) -> None:
    """Somebody else who follows something else; a missing filter would find them."""
    with app.app_context():
        follow(db.session, ANONYMOUS, "report", "other", contact_email="noise@else.example")
        follow(db.session, ANONYMOUS, "idea", "r1", contact_email="noise@else.example")
        db.session.commit()


@pytest.fixture
def push_service() -> Iterator[PushService]:
    """A real HTTP server in the place of a push service."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call: dict[str, Any] = {
                "path": self.path,
                "headers": {k.lower(): v for k, v in self.headers.items()},
                "body": body,
            }
            if "json" in self.headers.get("Content-Type", ""):
                call["json"] = json.loads(body)
            service.calls.append(call)
            status, headers, answer = service.answer(self.path, call)
            data = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
