"""Reports over HTTP: sending, repeated sends, versions, the return link, hostile input."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from backend.core.db import db
from backend.core.jobs import run_pending
from tests.reports.conftest import HERE, Catalogue, SignedIn

POINT = {"type": "Point", "coordinates": list(HERE)}
SignIn = Callable[..., SignedIn]


def post(client: FlaskClient, body: dict[str, Any], path: str = "/reports", **headers: str) -> Any:
    return client.post("/api/v1" + path, json=body, headers=headers)


def picture() -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(data, "JPEG")
    data.seek(0)
    return data


def test_a_report_with_a_photo_from_a_form(client: FlaskClient, founded: Catalogue) -> None:
    sent = client.post(
        "/api/v1/reports",
        data={
            "text": "A deep hole", "lon": "2.05", "lat": "54.72", "service": "pothole",
            "answers": '{"where": "path"}', "contact.email": "noor@example.org",
            "photos": [(picture(), "hole.jpg")],
        },
    )  # fmt: skip
    assert sent.status_code == 201, sent.json
    assert sent.json["photos"] == 1
    assert sent.headers["Location"].endswith(sent.json["id"])
    found = client.get(sent.headers["Location"])
    assert found.json["photos"][0]["links"]
    assert found.headers["ETag"] == f'"{found.json["version"]}"'
    assert "noor@" not in found.text
    again = client.get(sent.headers["Location"], headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304


def test_a_repeated_send_is_one_report(client: FlaskClient, founded: Catalogue) -> None:
    body = {"text": "A deep hole", "place": POINT}
    key = {"Idempotency-Key": "3f1d2c7e-0000-4000-8000-000000000001"}
    first = post(client, body, **key)
    second = post(client, body, **key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert post(client, {"text": "Another hole"}, **key).status_code == 422
    assert client.get("/api/v1/reports?q=hole").json["items"][0]["id"] == first.json["id"]


def test_every_fault_is_a_problem_that_names_the_field(
    client: FlaskClient, founded: Catalogue
) -> None:
    for body, field in (
        ({}, "text"),
        ({"text": "x" * 20_000}, "text"),
        ({"text": "A hole", "colour": "red"}, "colour"),
        ({"text": "A hole", "place": {"type": "Point", "coordinates": [500, 0]}}, "place"),
        ({"text": "A hole", "place": {"type": "Point", "coordinates": [1, 1]}}, "place"),
        ({"text": "A hole", "service": "nothing"}, "service"),
        ({"text": "A hole", "channel": "phone"}, "channel"),
        ({"text": "A hole", "contact": {"email": "no"}}, "email"),
        ({"text": "A hole", "photos": ["0" * 16]}, "photos"),
        ({"text": "A hole", "reporter_id": 5}, "reporter_id"),
    ):
        answer = post(client, body)
        assert answer.status_code == 422, body
        assert answer.mimetype == "application/problem+json"
        assert field in {e["field"] for e in answer.json["errors"]}, answer.json
    assert post(client, {"text": "A hole", "on_behalf": True}).status_code in (401, 403)


def test_the_whole_way_of_a_report(
    app: Flask, client: FlaskClient, founded: Catalogue, sign_in: SignIn
) -> None:
    triage = sign_in("triage@city.example", "triage")
    worker = sign_in("worker@city.example", "department", department=founded.parks)
    citizen = sign_in("noor@city.example")
    sent = citizen.post(
        "/reports", json={"text": "A branch fell", "service": "tree", "place": POINT}
    )
    report = f"/reports/{sent.json['id']}"
    assert sent.json["return_secret"] is None

    assert worker.post(report + "/status", json={"status": "in_progress"}).status_code == 428
    stale = worker.post(
        report + "/status", json={"status": "in_progress"}, headers={"If-Match": '"99"'}
    )
    assert stale.status_code == 412
    step = {"status": "assigned", "department": "parks"}
    done = triage.post(report + "/status", json=step, headers={"If-Match": '"1"'})
    assert done.json["status"] == "assigned"
    done = worker.post(
        report + "/status",
        json={"status": "in_progress"},
        headers={"If-Match": done.headers["ETag"]},
    )
    assert worker.post(report + "/updates", json={"text": "We come tomorrow"}).status_code == 201
    assert worker.post(report + "/notes", json={"text": "Bring the long saw"}).status_code == 201
    end = {"status": "resolved", "reason": "Gone"}
    done = worker.post(report + "/status", json=end, headers={"If-Match": "*"})
    assert done.json["is_open"] is False

    seen = citizen.get(report).json
    assert [u["text"] for u in seen["updates"]] == ["We come tomorrow", "Gone"]
    assert citizen.post(report + "/satisfaction", json={"score": 5}).status_code == 204
    stranger = client.get("/api/v1" + report)
    assert "long saw" not in stranger.text
    assert stranger.json["relation"] == "other"
    assert [e["action"] for e in client.get(f"/api/v1{report}/history").json["items"]][
        0
    ] == "submitted"
    with app.app_context():
        names = run_pending(db.session())
        assert "reports.arrived" in names
    assert citizen.get("/reports?mine=true").json["items"][0]["id"] == sent.json["id"]
    assert client.get("/api/v1/reports?mine=true").status_code == 401


def test_the_return_link(client: FlaskClient, founded: Catalogue) -> None:
    sent = post(client, {"text": "A hole", "place": POINT, "visibility": "private"}).json
    assert client.get(f"/api/v1/reports/{sent['id']}").status_code == 404
    link = f"/returns/{sent['return_secret']}"
    assert client.get("/api/v1" + link).json["relation"] == "own"
    assert post(client, {"text": "It is deep"}, link + "/updates").status_code == 201
    assert post(client, {}, link + "/withdrawal").json["status"] == "withdrawn"
    assert client.get("/api/v1/returns/" + "0" * 26).status_code == 404


def test_lists_page_and_speak_geojson(client: FlaskClient, founded: Catalogue) -> None:
    for number in range(5):
        post(client, {"text": f"Hole number {number}", "place": POINT, "service": "tree"})
    first = client.get("/api/v1/reports?limit=2&service=tree", headers={"Accept-Language": "nl"})
    assert len(first.json["items"]) == 2
    assert first.json["names"]["service"] == {"tree": "TREE"}
    assert first.headers["Link"].endswith('rel="next"')
    second = client.get(first.json["next"])
    assert second.json["items"][0]["id"] != first.json["items"][0]["id"]
    geo = client.get("/api/v1/reports?format=geojson&limit=3")
    assert geo.mimetype == "application/geo+json"
    assert geo.json["features"][0]["geometry"]["type"] == "Point"


def test_before_sending(client: FlaskClient, founded: Catalogue) -> None:
    post(client, {"text": "The street lamp is broken", "place": POINT})
    body = {"text": "broken street lamp, house ON FIRE", "place": POINT}
    found = post(client, body, "/reports/check").json
    assert found["emergency"]["number"] == "112"
    assert found["inside"] is True
    assert found["district"] == "west"
    assert len(found["similar"]) == 1
    outside = post(
        client,
        {"text": "hm", "place": {"type": "Point", "coordinates": [1, 54.75]}},
        "/reports/check",
    )
    assert outside.json["inside"] is False
    assert outside.json["nearest_place"]["type"] == "Point"


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3", "bbox=nan,nan,nan,nan", "near=x", "near=inf,1", "limit=0", "limit=9999999999",
        "cursor=%00", "since=yesterday", "status=gone", "service=' OR 1=1", "sort=text", "radius=1e99",
        "q=%00", "order=sideways", "domain=" + ",".join("abcdefghijklmnopqrstuvwxyz" * 3),
        "near=180,90", "near=-180,-90", "bbox=-180,-90,180,90", "q=%F0%9F%A6%93", "unsure=maybe",
        "assignee=1.5", "visibility=hidden", "lang=xx", "page=100000000", "format=xml",
    ],
)  # fmt: skip
def test_hostile_queries_are_answered_kindly(client: FlaskClient, query: str) -> None:
    answer = client.get("/api/v1/reports?" + query)
    assert answer.status_code in (200, 400, 401, 403, 422), answer.text
    if answer.status_code != 200:
        assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["clusters?bbox=-180,-90,180,90&zoom=0", "clusters?bbox=2,54,3,55&zoom=22",
                                  "tiles/0/0/0", "tiles/22/4194303/4194303", "tiles/3/9/9", "tiles/99/1/1"])  # fmt: skip
def test_any_piece_of_the_map(client: FlaskClient, path: str) -> None:
    assert client.get("/api/v1/reports/" + path).status_code in (200, 422)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "text",
                        "place",
                        "kind",
                        "answers",
                        "contact",
                        "photos",
                        "type",
                        "coordinates",
                        "client_time",
                        "language",
                        "address",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_no_body_breaks_the_intake(client: FlaskClient, body: Any) -> None:
    data, kind = json.dumps(body).encode(), "application/json"
    answer = client.post("/api/v1/reports", data=data, content_type=kind)
    assert answer.status_code in (201, 400, 422, 429)
