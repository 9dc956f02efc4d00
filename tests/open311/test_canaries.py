"""Nothing that is hidden and nobody's name, address, number or device is in any answer."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.core.actor import SYSTEM, Actor
from backend.core.db import db
from backend.reports.service import (
    Contact,
    NewReport,
    Step,
    add_note,
    change_status,
    set_visibility,
    submit_report,
)
from tests.reports.conftest import TRIAGE, found_city

EVERYDAY, WHOLE = 120, 10_000
VISIBILITIES = ("public", "public", "hidden", "private", "confidential")


@pytest.fixture
def add_noise() -> None:
    """The generated reports are noise enough."""


def _generate(app: Flask, number: int) -> tuple[set[str], list[str]]:
    """Reports of every kind; the words that must not be told, and the ids that may."""
    dice, secrets, public = random.Random(311), set[str](), list[str]()
    with app.app_context():
        session = db.session()
        found_city(session)
        for n in range(number):
            mark = f"canary{n:05d}"
            visibility = dice.choice(VISIBILITIES)
            report = _report(dice, mark, visibility)
            by = Actor(kind="machine", public_id="p" * 16, roles=frozenset({"partner"}))
            done = submit_report(session, by, report)
            secrets.add(f"private-{mark}")
            _live(session, dice, done.public_id, mark, visibility)
            if visibility == "public":
                public.append(done.public_id)
            else:
                secrets |= {f"text-{mark}", done.public_id}
            if n % 500 == 499:
                session.commit()
        session.commit()
        db.session.remove()
    return secrets, public


def _report(dice: random.Random, mark: str, visibility: str) -> NewReport:
    secret = f"private-{mark}"
    asked = visibility != "confidential" and dice.random() < 0.3
    return NewReport(
        f"text-{mark}: a hole, seen on the way home",
        service="pothole" if asked else "abuse" if visibility == "confidential" else "tree",
        place=(2.0 + dice.random() * 0.19, 54.7 + dice.random() * 0.09),
        answers={"where": "path"} if asked else {},
        unasked={"device_id": secret, "note": secret},
        visibility="private" if visibility == "private" else "public",
        channel="open311",
        contact=Contact(f"{secret} name", f"{secret}@mail.example", f"+31 {secret}"),
        source="open311:test",
        source_id=f"{secret}-{mark}",
    )


def _live(session: Any, dice: random.Random, report: str, mark: str, visibility: str) -> None:
    add_note(session, SYSTEM, report, f"private-{mark} was called back")
    if dice.random() < 0.2:
        change_status(session, TRIAGE, report, Step("resolved", f"text-{mark} is done."))
    if visibility == "hidden":
        set_visibility(session, SYSTEM, report, "hidden", f"private-{mark} complained.")


def _answers(client: FlaskClient, ids: list[str]) -> Iterator[tuple[str, str]]:
    root = "/open311/v2"
    paths = [
        "services", "servicerequestupdates", "requests?q=hole", "requests?q=private",
        "requests?status=closed&extensions=true", "requests?bbox=1,54,3,55",
        "requests?lat=54.75&long=2.1&radius=9000&extensions=true", "requests?sort=-updated",
    ]  # fmt: skip
    paths += [f"requests?page={n}&page_size=1000&extensions=true" for n in range(1, 9)]
    paths += [f"requests/{one}?extensions=true" for one in ids]
    for path in paths:
        name, _mark, query = path.partition("?")
        for form in ("json", "xml"):
            yield path, client.get(f"{root}/{name}.{form}?{query}").text
    for form in ("csv", "json", "xml"):
        yield f"bulk.{form}", client.get(f"{root}/bulk.{form}").text
    for path in FEEDS:
        yield path, client.get(path).text
    for one in ids:
        yield one, client.get(f"/feeds/reports/{one}.atom").text


FEEDS = (
    "/feeds/reports.atom", "/feeds/districts/west.atom", "/feeds/services/tree.atom",
    "/feeds/services/abuse.atom",
)  # fmt: skip


def _check(app: Flask, number: int) -> None:
    secrets, public = _generate(app, number)
    client = app.test_client()
    told = 0
    sample = random.Random(7).sample(public, min(20, len(public)))
    for path, text in _answers(client, sample):
        leaked = [word for word in _words(text) if word in secrets]
        assert not leaked, (path, leaked[:3])
        assert "private-" not in text, path
        told += sum(text.count(one) for one in sample[:3])
    assert told, "the public reports themselves are told"
    for one in sorted(secrets)[:40]:
        assert client.get(f"/open311/v2/requests/{one}.json").status_code == 404


def _words(text: str) -> set[str]:
    import re

    return set(re.findall(r"(?:text|private)-canary\d{5}|\b[0-9a-hjkmnp-tv-z]{16}\b", text))


def test_no_canary_sings(app: Flask) -> None:
    _check(app, int(os.environ.get("VOX_TEST_CANARIES", EVERYDAY)))


@pytest.mark.bars
def test_no_canary_sings_among_ten_thousand(app: Flask) -> None:
    _check(app, WHOLE)
