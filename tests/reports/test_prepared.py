"""Prepared lists: the same bytes as the usual way, and nothing that a reader may not see."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from backend.city.service.stamping import renew_stamp
from backend.core.clock import rfc3339, utcnow
from backend.core.db import db
from backend.core.direct import Question
from backend.reports.models import Report
from backend.reports.service import NewReport, submit_report
from backend.reports.status import STATUSES
from tests.reports.conftest import NEIGHBOUR, TRIAGE, Catalogue

HERE = (2.05, 54.72)


@pytest.fixture
def crowd(app: Flask, founded: Catalogue) -> None:
    """Sixty reports of every status and kind of service, some of them not public."""
    dice = random.Random(3)
    with app.app_context():
        session = db.session()
        for number in range(60):
            code = dice.choice(["tree", "other", "abuse", None])
            place = (dice.uniform(2.01, 2.19), 54.75) if number % 3 else None
            new = NewReport(
                f"Matter {number} “quoted” | pipes, \\ and ütf", service=code, place=place,
                address="Kade 1", kind=dice.choice(["complaint", "praise"]),
                visibility=dice.choice(["public", "public", "private"]),
            )  # fmt: skip
            submit_report(session, NEIGHBOUR, new)
        session.commit()
        db.session.remove()


def questions(number: int) -> list[str]:
    """Addresses of lists with random filters that the address may hold."""
    dice = random.Random(11)
    now = utcnow()
    filters: dict[str, list[Any]] = {
        "status": [*STATUSES, "received,triaged"],
        "open": ["true", "false"],
        "kind": ["complaint", "praise", "complaint,praise"],
        "service": ["tree", "tree,other"],
        "domain": ["SL", "SM"],
        "district": ["west", "east", "west,east"],
        "department": ["parks", "roads,parks"],
        "since": [rfc3339(now - timedelta(hours=1)), rfc3339(now + timedelta(hours=1))],
        "until": [rfc3339(now + timedelta(hours=1))],
        "unsure": ["false"],
        "order": ["oldest", "newest"],
        "limit": [1, 7, 20, 200],
        "lang": ["nl", "en"],
        "format": ["json"],
    }
    found = []
    for _ in range(number):
        names = dice.sample(sorted(filters), dice.randrange(0, 4))
        found.append("/api/v1/reports?" + urlencode({n: dice.choice(filters[n]) for n in names}))
    return found


def test_prepared_answers_are_the_usual_ones(app: Flask, crowd: None) -> None:
    client = app.test_client()
    for first in questions(60):
        path: str | None = first
        while path:
            usual, again, prepared = (client.get(path) for _ in range(3))
            assert usual.status_code == 200, usual.text
            assert usual.data == again.data == prepared.data
            headers = [
                {k: v for k, v in answer.headers if k != "X-Request-Id"}
                for answer in (usual, prepared)
            ]
            assert headers[0] == headers[1]
            path = usual.json["next"]
    assert app.extensions["vox-known-lists"].lists


def test_a_prepared_list_is_asked_anew(app: Flask, founded: Catalogue) -> None:
    client, path = app.test_client(), "/api/v1/reports?limit=5"
    for _ in range(3):
        assert "A new hole" not in client.get(path).text
    with app.app_context():
        submit_report(db.session(), NEIGHBOUR, NewReport("A new hole in the road", place=HERE))
        db.session.commit()
    assert client.get(path).json["items"][0]["text"] == "A new hole in the road"
    with app.app_context():
        db.session.query(Report).update({"visibility": "hidden"})
        db.session.commit()
    assert client.get(path).json["items"] == []


def test_names_follow_the_city(app: Flask, founded: Catalogue) -> None:
    client, path = app.test_client(), "/api/v1/reports?limit=5"
    with app.app_context():
        submit_report(db.session(), NEIGHBOUR, NewReport("A tree fell", service="tree", place=HERE))
        db.session.commit()
    for _ in range(3):
        assert client.get(path).json["names"]["service"] == {"tree": "Tree"}
    with app.app_context():
        from backend.city.models import Service

        db.session.query(Service).filter_by(code="tree").update({"name": {"en": "Trees"}})
        renew_stamp(db.session())
        db.session.commit()
    assert client.get(path).json["names"]["service"] == {"tree": "Trees"}


def test_readers_with_rights_take_the_usual_way(app: Flask, crowd: None, sign_in: Any) -> None:
    client, path = app.test_client(), "/api/v1/reports?limit=200"
    public = [client.get(path).json["items"] for _ in range(3)][-1]
    everything = sign_in("triage@city.example", *TRIAGE.roles - {"citizen"}).get(
        "/reports?limit=200"
    )
    assert len(everything.json["items"]) > len(public)
    assert {item["visibility"] for item in public} == {"public"}


def test_a_driver_that_refuses_leaves_the_usual_way(
    app: Flask, crowd: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, path = app.test_client(), "/api/v1/reports?limit=3"
    expected = [client.get(path).data for _ in range(3)][-1]
    lists = app.extensions["vox-known-lists"].lists
    for known in lists.values():
        wrong = Question("SELECT no_such_thing", wire=b"SELECT no_such_thing")
        wrong = wrong if known.question.question.wire else Question(wrong.text)
        object.__setattr__(known.question, "question", wrong)
    assert client.get(path).data == expected


def test_who_might_be_known_takes_the_usual_way(app: Flask, crowd: None) -> None:
    client, path = app.test_client(), "/api/v1/reports?limit=3"
    expected = [client.get(path).data for _ in range(4)][-1]
    refused = client.get(path, headers={"Authorization": "Bearer nobody-has-this-token"})
    assert refused.status_code == 401
    client.set_cookie("vox_theme", "dark")
    assert client.get(path).data == expected
    assert client.head(path).status_code == 200
    assert client.post(path.partition("?")[0], json={}).status_code == 422


def test_a_foreign_host_is_refused_on_every_way(make_app: Any) -> None:
    app = make_app(trusted_hosts=("city.example",))
    client, path = app.test_client(), "/api/v1/reports"
    ours = [client.get(path, base_url="http://city.example") for _ in range(4)]
    assert [answer.status_code for answer in ours] == [200] * 4
    assert client.get(path, base_url="http://other.example").status_code == 400


def test_answers_are_counted_on_every_way(app: Flask, crowd: None) -> None:
    client = app.test_client()
    line = 'vox_requests_total{endpoint="api_reports.list_reports",method="GET",status="200"}'

    def counted() -> float:
        found = [text for text in client.get("/metrics").text.splitlines() if text.startswith(line)]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0

    before = counted()
    for _ in range(5):
        client.get("/api/v1/reports?limit=4")
    assert counted() == before + 5
