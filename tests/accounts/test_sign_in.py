"""Signing in by a code or a link from a letter."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from backend.accounts import queries
from backend.accounts.models import Account, SignInCode, SignInSession
from backend.core.ids import hash_secret

ADDRESS = "ana@example.org"


def _start(api, address=ADDRESS, **more):
    answer = api("post", "/sign-in", json={"email": address, **more})
    assert answer.status_code == 202
    return answer.json["ticket"]


def test_a_code_opens_an_account_and_a_session(api, letter_box, session) -> None:
    ticket = _start(api, "Ana@Example.org")
    code = letter_box.code()
    answer = api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    assert answer.status_code == 200
    assert answer.json["second_factor"] == "none"
    actor = queries.actor_for_token(session, answer.json["token"])
    assert actor.roles == {"citizen"}
    assert actor.assurance == "contact_verified"
    assert queries.find_account_by_email(session, "ANA@example.org").id == actor.account_id


def test_the_same_address_finds_its_account_again(api, letter_box, session) -> None:
    for _ in range(2):
        ticket = _start(api)
        code = letter_box.code()
        assert (
            api("post", "/sign-in/code", json={"ticket": ticket, "code": code}).status_code == 200
        )
    found = queries.find_account_by_email(session, ADDRESS)
    number = select(func.count()).select_from(SignInSession)
    assert session.execute(number.where(SignInSession.account_id == found.id)).scalar() == 2


def test_a_code_works_once(api, letter_box) -> None:
    ticket, code = _start(api), letter_box.code()
    assert api("post", "/sign-in/code", json={"ticket": ticket, "code": code}).status_code == 200
    again = api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    assert again.status_code == 422
    assert again.json["errors"][0]["field"] == "code"


def test_guessing_a_code_is_stopped_after_five_tries(api, letter_box, session) -> None:
    ticket, code = _start(api), letter_box.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        answer = api("post", "/sign-in/code", json={"ticket": ticket, "code": wrong})
        assert answer.status_code == 422
    right = api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    assert right.status_code == 422
    assert session.execute(select(SignInCode.attempts)).scalar() == 5


def test_guesses_of_one_sender_are_limited_over_many_tickets(api) -> None:
    statuses = [
        api("post", "/sign-in/code", json={"ticket": "x" * 26, "code": "123456"}).status_code
        for _ in range(61)
    ]
    assert statuses.count(422) == 60
    assert statuses[-1] == 429


def test_a_code_is_no_use_to_another_browser(api, letter_box) -> None:
    _start(api)
    code = letter_box.code()
    other = _start(api, "bo@example.org")
    assert api("post", "/sign-in/code", json={"ticket": other, "code": code}).status_code == 422
    assert api("post", "/sign-in/code", json={"code": code}).status_code == 422


def test_a_code_lasts_ten_minutes(api, letter_box) -> None:
    now = datetime.now(UTC)
    ticket, code = _start(api), letter_box.code()
    with time_machine.travel(now + timedelta(minutes=11)):
        late = api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    assert late.status_code == 422


def test_the_link_does_what_the_code_does_in_the_same_browser_only(api, client, letter_box) -> None:
    _start(api, kind="cookie")
    link = letter_box.link()
    stranger = client.application.test_client()
    body = {"link": link, "kind": "cookie"}
    assert stranger.post("/api/v1/sign-in/code", json=body).status_code == 422
    answer = api("post", "/sign-in/code", json=body)
    assert answer.status_code == 200
    assert answer.json["token"] is None
    assert client.get("/api/v1/me").json["email"] == ADDRESS


def test_known_and_unknown_addresses_get_the_same_answer(api, letter_box, person) -> None:
    person(ADDRESS)
    known = api("post", "/sign-in", json={"email": ADDRESS})
    unknown = api("post", "/sign-in", json={"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 202
    assert set(known.json) == set(unknown.json)
    assert len(letter_box.letters(ADDRESS)) == len(letter_box.letters("nobody@example.org")) == 1


def test_letters_to_one_address_are_limited(api) -> None:
    statuses = [api("post", "/sign-in", json={"email": ADDRESS}).status_code for _ in range(7)]
    assert statuses == [202] * 6 + [429]
    assert api("post", "/sign-in", json={"email": "bo@example.org"}).status_code == 202


def test_nothing_that_opens_a_door_is_stored_readably(api, letter_box, session) -> None:
    ticket = _start(api)
    code = letter_box.code()
    row = session.execute(select(SignInCode)).scalar_one()
    kept = " ".join(str(getattr(row, c.key)) for c in SignInCode.__table__.columns)
    assert ticket not in kept
    assert code not in row.code_mac
    done = api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    hashes = set(session.execute(select(SignInSession.token_hash)).scalars())
    assert done.json["token"] not in hashes
    assert hash_secret(done.json["token"]) in hashes


def test_a_closed_account_cannot_sign_in(api, letter_box, person, session) -> None:
    who = person(ADDRESS)
    session.get(Account, who.id).state = "disabled"
    session.commit()
    ticket, code = _start(api), letter_box.code()
    answer = api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    assert answer.status_code == 403
    assert answer.json["type"].endswith("account-closed")


@pytest.mark.parametrize(
    "address",
    ["x", "a@b", "a b@example.org", "a@@example.org", "a@-.", "a@example.org\nBcc: x@y.z"],
)
def test_what_is_no_address_is_refused(api, address) -> None:
    answer = api("post", "/sign-in", json={"email": address})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "email"


def test_the_letter_speaks_of_the_house_that_sent_it(api, letter_box) -> None:
    answer = api("post", "/sign-in", json={"email": ADDRESS}, headers={"Host": "localhost"})
    assert answer.status_code == 202
    assert "http://localhost/sign-in/link?token=" in letter_box.text()


def test_no_token_or_address_is_logged(api, letter_box, capfd) -> None:
    ticket, code = _start(api), letter_box.code()
    token = api("post", "/sign-in/code", json={"ticket": ticket, "code": code}).json["token"]
    api("post", "/sign-in/code", json={"ticket": ticket, "code": code})
    api("get", "/me", headers={"Authorization": f"Bearer {token}"})
    out, err = capfd.readouterr()
    for secret in (ticket, token, ADDRESS, code):
        assert secret not in out + err
