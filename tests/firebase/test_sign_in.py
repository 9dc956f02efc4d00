"""Signing in by Firebase, against the real emulator: a token becomes a session of our own."""

from __future__ import annotations

from typing import Any

import pytest
from firebase_admin import auth
from flask.testing import FlaskClient

pytestmark = pytest.mark.firebase
PASSWORD = "a-long-enough-one"


@pytest.fixture
def client(make_app: Any, emulator: str) -> FlaskClient:
    """A city that accepts the emulator's project."""
    return make_app(firebase_project="demo-vox").test_client()


def _exchange(client: FlaskClient, token: str) -> Any:
    return client.post("/api/v1/sessions/firebase", json={"id_token": token, "kind": "bearer"})


def _me(client: FlaskClient, token: str) -> Any:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def test_a_token_is_exchanged_for_a_session_of_our_own(client, ask) -> None:
    signed = ask("signUp", email="ana@example.org", password=PASSWORD)
    answer = _exchange(client, signed["idToken"])
    assert answer.status_code == 200, answer.get_data(as_text=True)
    own = answer.get_json()["token"]
    assert own != signed["idToken"]
    assert _me(client, own).status_code == 200
    # The ID token itself opens nothing.
    assert _me(client, signed["idToken"]).status_code == 401


def test_the_same_person_gets_the_same_account(client, ask) -> None:
    signed = ask("signUp", email="bo@example.org", password=PASSWORD)
    again = ask("signInWithPassword", email="bo@example.org", password=PASSWORD)
    ids = set()
    for token in (signed["idToken"], again["idToken"]):
        own = _exchange(client, token).get_json()["token"]
        ids.add(_me(client, own).get_json()["id"])
    assert len(ids) == 1


def test_signing_out_ends_the_session_and_not_the_account(client, ask) -> None:
    signed = ask("signUp", email="cas@example.org", password=PASSWORD)
    own = _exchange(client, signed["idToken"]).get_json()["token"]
    headers = {"Authorization": f"Bearer {own}"}
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    assert _me(client, own).status_code == 401
    assert _exchange(client, signed["idToken"]).status_code == 200


def test_a_role_in_the_token_gives_no_role_here(client, ask, firebase) -> None:
    signed = ask("signUp", email="dee@example.org", password=PASSWORD)
    claims = {"role": "administrator", "roles": ["administrator"], "admin": True}
    auth.set_custom_user_claims(signed["localId"], claims, app=firebase)
    again = ask("signInWithPassword", email="dee@example.org", password=PASSWORD)
    assert auth.verify_id_token(again["idToken"], app=firebase)["role"] == "administrator"
    me = _me(client, _exchange(client, again["idToken"]).get_json()["token"]).get_json()
    assert "administrator" not in str(me.get("roles", []))


def test_a_revoked_token_gives_no_session(client, ask, firebase) -> None:
    signed = ask("signUp", email="eva@example.org", password=PASSWORD)
    auth.update_user(signed["localId"], valid_since=4_000_000_000, app=firebase)
    assert _exchange(client, signed["idToken"]).status_code == 401


def test_a_disabled_account_gives_no_session(client, ask, firebase) -> None:
    signed = ask("signUp", email="fay@example.org", password=PASSWORD)
    auth.update_user(signed["localId"], disabled=True, app=firebase)
    assert _exchange(client, signed["idToken"]).status_code == 401


def test_a_deleted_account_gives_no_session(client, ask, firebase) -> None:
    signed = ask("signUp", email="gus@example.org", password=PASSWORD)
    auth.delete_user(signed["localId"], app=firebase)
    assert _exchange(client, signed["idToken"]).status_code == 401


def test_an_unverified_address_does_not_open_somebody_elses_account(client, ask, firebase) -> None:
    first = ask("signUp", email="hal@example.org", password=PASSWORD)
    auth.update_user(first["localId"], email_verified=True, app=firebase)
    verified = ask("signInWithPassword", email="hal@example.org", password=PASSWORD)
    mine = _me(client, _exchange(client, verified["idToken"]).get_json()["token"]).get_json()
    auth.delete_user(first["localId"], app=firebase)
    other = ask("signUp", email="hal@example.org", password=PASSWORD)
    answer = _exchange(client, other["idToken"])
    if answer.status_code == 200:
        theirs = _me(client, answer.get_json()["token"]).get_json()
        assert theirs["id"] != mine["id"]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_token_gives_no_session(client, token: str) -> None:
    assert _exchange(client, token).status_code in (401, 422)


def test_an_anonymous_visitor_of_firebase_is_known_again(client, ask) -> None:
    signed = ask("signUp")
    answer = _exchange(client, signed["idToken"])
    assert answer.status_code == 200
    assert _me(client, answer.get_json()["token"]).status_code == 200


def test_a_city_without_firebase_has_no_such_way_in(make_app, ask) -> None:
    signed = ask("signUp", email="ivo@example.org", password=PASSWORD)
    assert _exchange(make_app().test_client(), signed["idToken"]).status_code == 404
