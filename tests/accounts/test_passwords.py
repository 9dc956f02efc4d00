"""Passwords: which are accepted, that guessing stops, that nobody learns who has an account."""

import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.accounts import passwords, queries, service
from backend.accounts.models import Password, SignInSession
from backend.accounts.service.sessions import start_session
from backend.core.problems import Invalid

GOOD = "three odd words here"


def _sign_in(api, address: str, password: str):
    return api("post", "/sign-in/password", json={"email": address, "password": password})


@pytest.mark.parametrize(
    "password",
    ["short", "password", "Password1", "12345678", "qwertyuiop", "aaaaaaaaaaaa", "ana@example.org"],
)
def test_easy_passwords_are_refused(api, person, password) -> None:
    answer = api("put", "/me/password", by=person(), json={"password": password})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "password"


def test_a_password_has_at_most_128_characters(api, person) -> None:
    who = person()
    assert api("put", "/me/password", by=who, json={"password": "ab3 " * 33}).status_code == 422
    assert api("put", "/me/password", by=who, json={"password": "ab3 " * 32}).status_code == 200


@given(st.text(min_size=8, max_size=128))
def test_a_password_is_taken_letter_by_letter(text) -> None:
    try:
        passwords.check_new(text)
    except Invalid:
        assert text.casefold() in passwords.common_passwords() or len(set(text.casefold())) < 4


def test_the_list_of_common_passwords_is_long_enough() -> None:
    common = passwords.common_passwords()
    assert len(common) >= 3000
    assert all(len(word) >= passwords.SHORTEST for word in common if word)


def test_a_new_password_ends_other_sessions_and_changes_the_token(api, person, session) -> None:
    who = person()
    elsewhere = start_session(session, who.id, "bearer")
    session.commit()
    answer = api("put", "/me/password", by=who, json={"password": GOOD})
    token = answer.json["token"]
    session.rollback()
    assert queries.actor_for_token(session, who.token) is None
    assert queries.actor_for_token(session, elsewhere) is None
    assert queries.actor_for_token(session, token).account_id == who.id


def test_the_right_password_signs_in(api, person, letter_box) -> None:
    who = person(password=GOOD)
    answer = _sign_in(api, "ANA@example.org", GOOD)
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    assert api("get", "/me", headers=headers).json["id"] == who.public_id


def test_wrong_unknown_and_without_a_password_read_the_same(api, person) -> None:
    person(password=GOOD)
    person("bo@example.org", "Bo")
    answers = [
        _sign_in(api, address, "never the right one")
        for address in ("ana@example.org", "bo@example.org", "nobody@example.org")
    ]
    bodies = [{**a.json, "instance": ""} for a in answers]
    assert [a.status_code for a in answers] == [401] * 3
    assert bodies[0] == bodies[1] == bodies[2]


def test_known_and_unknown_take_the_same_time(person, session) -> None:
    person(password=GOOD)
    stored = session.execute(select(Password.hash)).scalar_one()
    passwords.verify_password(None, "warm")

    def median(hashed: str | None) -> float:
        times = []
        for _ in range(5):
            begun = time.process_time()
            passwords.verify_password(hashed, "never the right one")
            times.append(time.process_time() - begun)
        return statistics.median(times)

    known, unknown = median(stored), median(None)
    assert 0.4 < known / unknown < 2.5


def test_at_most_ten_passwords_an_hour_are_checked_and_the_owner_still_gets_in(
    api, person, letter_box
) -> None:
    who = person(password=GOOD)
    statuses = [_sign_in(api, who.email, f"wrong number {n}").status_code for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    assert _sign_in(api, who.email, GOOD).status_code == 429
    ticket = api("post", "/sign-in", json={"email": who.email}).json["ticket"]
    body = {"ticket": ticket, "code": letter_box.code(who.email)}
    assert api("post", "/sign-in/code", json=body).status_code == 200


def test_staff_passwords_are_hashed_more_slowly(api, person, session) -> None:
    who = person(password=GOOD)
    assert "m=19456" in session.execute(select(Password.hash)).scalar_one()
    from backend.core.actor import SYSTEM

    service.grant_role(session, SYSTEM, who.id, "triage")
    session.commit()
    assert _sign_in(api, who.email, GOOD).status_code == 200
    session.rollback()
    assert "m=65536" in session.execute(select(Password.hash)).scalar_one()
    assert _sign_in(api, who.email, GOOD).status_code == 200


def test_a_password_proves_again(api, person, session) -> None:
    who = person(password=GOOD)
    wrong = api("post", "/sessions/current/proof", by=who, json={"password": "no no no no"})
    assert wrong.status_code == 422
    right = api("post", "/sessions/current/proof", by=who, json={"password": GOOD})
    assert right.status_code == 200


def test_a_password_can_be_dropped(api, person, session) -> None:
    who = person(password=GOOD)
    assert api("delete", "/me/password", by=who).status_code == 204
    assert _sign_in(api, who.email, GOOD).status_code == 401
    assert session.execute(select(SignInSession.id)).first()


def test_surrogates_are_no_password(api) -> None:
    body = '{"email": "ana@example.org", "password": "\\ud800aaaaaaaa"}'
    answer = api("post", "/sign-in/password", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)
