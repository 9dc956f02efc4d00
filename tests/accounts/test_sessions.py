"""Sessions: whose request it is, when they end, and that their tokens change with trust."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, select, update

from backend.accounts import queries, service
from backend.accounts.models import Account, SignInSession
from backend.accounts.service.sessions import start_session
from backend.core.actor import Actor
from backend.core.db import db
from backend.core.ids import hash_secret


def test_a_bearer_token_names_the_person(api, person) -> None:
    who = person()
    assert api("get", "/me", by=who).json["id"] == who.public_id


def test_an_unknown_bearer_is_refused_and_a_page_is_anonymous(api, client) -> None:
    for token in ("x" * 26, "", "short", "é" * 30, "vox_" + "x" * 26):
        answer = api("get", "/me", headers={"Authorization": f"Bearer {token}".encode()})
        assert answer.status_code == 401
        assert answer.json["type"].endswith("sign-in-needed")
    headers = {"Authorization": "Bearer " + "x" * 26}
    assert client.get("/health/live", headers=headers).status_code == 200


def test_with_a_bearer_the_cookie_counts_for_nothing(api, client, person) -> None:
    who = person()
    client.set_cookie("vox", who.token)
    assert api("get", "/me").status_code == 200
    answer = api("get", "/me", headers={"Authorization": "Basic eDp4"})
    assert answer.status_code == 401


def test_a_stale_cookie_is_forgotten(client) -> None:
    client.set_cookie("vox", "x" * 26)
    answer = client.get("/health/live")
    assert answer.status_code == 200
    assert "vox=;" in answer.headers["Set-Cookie"]


def test_a_token_that_a_stranger_planted_is_not_adopted(client, letter_box) -> None:
    planted = "planted0planted0planted000"
    client.set_cookie("vox", planted)
    body = {"email": "ana@example.org", "kind": "cookie"}
    assert client.post("/api/v1/sign-in", json=body).status_code == 202
    code = letter_box.code()
    answer = client.post("/api/v1/sign-in/code", json={"code": code, "kind": "cookie"})
    assert answer.status_code == 200
    cookie = client.get_cookie("vox")
    assert cookie.value != planted
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_signing_out_ends_the_session_on_the_server(api, person) -> None:
    who = person()
    assert api("delete", "/sessions/current", by=who).status_code == 204
    assert api("get", "/me", by=who).status_code == 401


def test_a_closed_account_is_refused_on_the_very_next_request(api, person, session) -> None:
    who = person()
    assert api("get", "/me", by=who).status_code == 200
    session.execute(update(Account).where(Account.id == who.id).values(state="disabled"))
    session.commit()
    assert api("get", "/me", by=who).status_code == 401


def test_sessions_end_when_idle_and_in_any_case(person, session) -> None:
    now = datetime.now(UTC)
    who, staff = person(), person("sam@city.example", "Sam", roles=["triage"])
    with time_machine.travel(now + timedelta(hours=9)):
        assert queries.actor_for_token(session, staff.token) is None
        assert queries.actor_for_token(session, who.token) is not None
    with time_machine.travel(now + timedelta(days=61)):
        assert queries.actor_for_token(session, who.token) is None


def test_use_moves_the_idle_limit_only_with_writes_and_seldom(api, person, session) -> None:
    who = person()
    now = datetime.now(UTC)
    seen = select(SignInSession.seen_at).where(SignInSession.account_id == who.id)

    def at(minutes: int, method: str) -> datetime:
        with time_machine.travel(now + timedelta(minutes=minutes)):
            if method == "get":
                assert api("get", "/me", by=who).status_code == 200
            else:
                assert api("put", "/me/consents/email", by=who).status_code == 204
        session.rollback()
        return session.execute(seen).scalar_one()

    first = session.execute(seen).scalar_one()
    assert at(30, "get") == first
    assert at(5, "put") == first
    later = at(30, "put")
    assert later - first >= timedelta(minutes=29)


def test_authentication_is_one_query_that_leaves_nothing_open(app, client, person) -> None:
    who = person("sam@city.example", "Sam", roles=["triage", "organiser"])
    client.set_cookie("vox", who.token)
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest) -> None:
        statements.append(statement)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
    try:
        client.get("/health/live")
    finally:
        with app.app_context():
            event.remove(db.engine, "before_cursor_execute", note)
    asked = [s for s in statements if not s.startswith(("BEGIN", "SET", "PRAGMA"))]
    assert len(asked) == 1


def test_one_sees_and_ends_ones_own_sessions_alone(api, person, session) -> None:
    who, other = person(), person("bo@example.org", "Bo")
    elsewhere = start_session(session, who.id, "cookie")
    session.commit()
    rows = api("get", "/sessions", by=who).json["items"]
    assert [row["current"] for row in rows].count(True) == 1
    assert len(rows) == 2
    theirs = api("get", "/sessions", by=other).json["items"][0]["id"]
    assert api("delete", f"/sessions/{theirs}", by=who).status_code == 404
    gone = next(row["id"] for row in rows if not row["current"])
    assert api("delete", f"/sessions/{gone}", by=who).status_code == 204
    assert queries.actor_for_token(session, elsewhere) is None
    assert queries.actor_for_token(session, other.token) is not None


def test_signing_out_everywhere_else(api, person, session) -> None:
    who = person()
    tokens = [start_session(session, who.id, "bearer") for _ in range(3)]
    session.commit()
    assert api("delete", "/sessions", by=who).json == {"count": 3}
    session.rollback()
    assert all(queries.actor_for_token(session, token) is None for token in tokens)
    assert api("get", "/me", by=who).status_code == 200


def test_an_account_has_at_most_twenty_sessions(person, session) -> None:
    who = person()
    for _ in range(25):
        start_session(session, who.id, "bearer")
    session.commit()
    assert len(queries.sessions_of(session, who.id)) == 20
    assert queries.actor_for_token(session, who.token) is None


def test_a_sensitive_change_needs_a_recent_proof(api, person, session, letter_box) -> None:
    who = person()
    long_ago = datetime.now(UTC) - timedelta(minutes=11)
    session.execute(update(SignInSession).values(proven_at=long_ago))
    session.commit()
    refused = api("put", "/me/password", by=who, json={"password": "three odd words here"})
    assert refused.status_code == 403
    assert refused.json["type"].endswith("proof-needed")
    ticket = api("post", "/sessions/current/proof/code", by=who, json={}).json["ticket"]
    wrong = {"ticket": ticket, "code": "000000"}
    assert api("post", "/sessions/current/proof", by=who, json=wrong).status_code == 422
    proof = {"ticket": ticket, "code": letter_box.code()}
    assert api("post", "/sessions/current/proof", by=who, json=proof).status_code == 200
    done = api("put", "/me/password", by=who, json={"password": "three odd words here"})
    assert done.status_code == 200


def test_a_code_of_one_person_proves_nothing_for_another(api, person, letter_box) -> None:
    who, other = person(), person("bo@example.org", "Bo")
    ticket = api("post", "/sessions/current/proof/code", by=who, json={}).json["ticket"]
    body = {"ticket": ticket, "code": letter_box.code(who.email)}
    assert api("post", "/sessions/current/proof", by=other, json=body).status_code == 422
    assert api("post", "/sign-in/code", json=body).status_code == 422


def test_foreign_sites_cannot_ride_on_the_cookie(client, person) -> None:
    who = person()
    client.set_cookie("vox", who.token)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.delete("/api/v1/sessions/current", headers=headers)
        assert answer.status_code == 403
    assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("kind", ["cookie", "bearer"])
def test_a_token_is_long_and_only_its_hash_is_kept(session, person, kind) -> None:
    token = start_session(session, person().id, kind)
    assert len(token) * 5 >= 130
    row = session.execute(
        select(SignInSession).where(SignInSession.token_hash == hash_secret(token))
    ).scalar_one()
    assert token not in str({c.key: getattr(row, c.key) for c in SignInSession.__table__.columns})


def test_the_system_needs_no_proof(session) -> None:
    service.require_recent_proof(session, Actor(kind="system"))
