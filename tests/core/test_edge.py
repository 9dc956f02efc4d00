"""The edge: every answer hardened, every error of one form, repeated sends done once."""

import threading

import pytest
from flask import Response
from sqlalchemy import func, select, text

from backend.core import db as database
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import IdempotencyKey, idempotent
from backend.core.jobs import Job, enqueue, job
from backend.core.limits import Limiter, check_limit
from backend.core.problems import Conflict


@job("test.nothing")
def nothing(_session, _payload) -> None: ...


@pytest.fixture
def house(make_app):
    app = make_app()

    @app.post("/api/v1/test/write")
    @idempotent
    def write() -> Response:
        enqueue(db.session, "test.nothing", {})
        return json_response({"id": "made"}, 201)

    @app.post("/api/v1/test/fail")
    def fail() -> Response:
        enqueue(db.session, "test.nothing", {})
        raise Conflict()

    @app.get("/api/v1/test/crash")
    def crash() -> Response:
        raise RuntimeError("secret detail of someone@example.org")

    @app.get("/api/v1/test/limited")
    def limited() -> Response:
        check_limit("test", "3 per minute")
        return json_response({})

    return app


def count_jobs(app) -> int:
    with app.app_context():
        return db.session.execute(select(func.count()).select_from(Job)).scalar_one()


HARDENED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/api/v1/test/crash", "/health/live", "/api/v1/nowhere", "/metrics"]
)
def test_every_answer_is_hardened(house, path) -> None:
    answer = house.test_client().get(path)
    for name, value in HARDENED.items():
        assert answer.headers[name] == value
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = answer.mimetype == "text/html"
    assert ("'nonce-" in answer.headers["Content-Security-Policy"]) == page
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-Id"]) == 16


def test_errors_are_problems_and_tell_nothing_of_ours(house, capfd) -> None:
    answer = house.test_client().get("/api/v1/test/crash")
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "example.org" not in capfd.readouterr().err


def test_a_person_gets_a_page_and_a_machine_a_document(house) -> None:
    client = house.test_client()
    assert client.get("/nowhere", headers={"Accept": "text/html"}).mimetype == "text/html"
    assert client.get("/nowhere").mimetype == "application/problem+json"


def test_a_refused_request_leaves_nothing(house) -> None:
    assert house.test_client().post("/api/v1/test/fail").status_code == 409
    assert count_jobs(house) == 0


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b"{", b'{"a":1,"a":2}', b"\xff\xfe", b'"\\ud800"'],
    ids=["deep", "cut", "twice", "bytes", "surrogate"],
)
def test_garbage_is_a_clear_400_or_422(house, body) -> None:
    answer = house.test_client().post(
        "/api/v1/suggestions", data=body, content_type="application/json"
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.content_type == "application/problem+json"


def test_the_same_key_is_the_same_answer_and_another_body_is_refused(house) -> None:
    client = house.test_client()
    key = {"Idempotency-Key": "a-key-of-a-phone"}
    first = client.post("/api/v1/test/write", data=b"1", headers=key)
    again = client.post("/api/v1/test/write", data=b"1", headers=key)
    other = client.post("/api/v1/test/write", data=b"2", headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count_jobs(house) == 1


def test_parallel_sends_of_one_key_are_done_once(house) -> None:
    statuses: list[int] = []

    def send() -> None:
        with house.test_client() as client:
            answer = client.post(
                "/api/v1/test/write", data=b"1", headers={"Idempotency-Key": "parallel-key"}
            )
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 20
    assert count_jobs(house) == 1


def test_kept_answers_are_sealed(house) -> None:
    house.test_client().post(
        "/api/v1/test/write", data=b"1", headers={"Idempotency-Key": "a-key-of-a-phone"}
    )
    with house.app_context():
        raw = db.session.execute(text("select body from idempotency_key")).scalar()
        assert "made" not in raw
        assert "made" in db.session.execute(select(IdempotencyKey.body)).scalar()


def test_a_foreign_site_cannot_ride_on_a_cookie(house) -> None:
    client = house.test_client()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/api/v1/test/write", headers=headers).status_code == 403


def test_limits_say_what_remains_and_stop(house) -> None:
    client = house.test_client()
    answers = [client.get("/api/v1/test/limited") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["RateLimit"].split(";")[1] for a in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json["violated-policies"] == ["test"]


def test_limits_hold_across_processes_through_redis(make_app, redis_url) -> None:
    from limits import parse

    limiters = [Limiter(make_app(redis_url=redis_url).config["VOX"]) for _ in range(2)]
    item = parse("5 per minute")
    passed = [limiters[n % 2].hit(item, "shared", "x")[0] for n in range(10)]
    assert passed.count(True) == 5


def test_without_their_store_limits_are_stricter_and_never_fail(make_app) -> None:
    from limits import parse

    limiter = Limiter(make_app(redis_url="redis://127.0.0.1:1/0").config["VOX"])
    passed = [limiter.hit(parse("10 per minute"), "away", "x")[0] for _ in range(20)]
    assert passed.count(True) == 5


def test_what_is_committed_is_on_disk(app, session) -> None:
    if app.config["VOX"].is_sqlite:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "foreign_keys", "secure_delete", "trusted_schema")
        }
        assert values == {
            "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0,
        }  # fmt: skip
    else:
        assert session.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_a_broken_sqlite_falls_back_to_a_rollback_journal() -> None:
    safe = database.sqlite_is_safe_with_wal
    assert [safe(v) for v in ((3, 40, 1), (3, 51, 1), (3, 50, 6))] == [False] * 3
    assert [safe(v) for v in ((3, 53, 4), (3, 51, 3), (3, 50, 7), (3, 44, 6))] == [True] * 4
