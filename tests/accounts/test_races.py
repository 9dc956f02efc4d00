"""Two at the same moment: a code, digits and an address serve one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from backend.accounts import queries
from backend.accounts.models import Account
from backend.accounts.service.sessions import start_session

THREADS = 8


def _all_at_once(app: Flask, path: str, bodies: list[Any], headers: list[Any]) -> list[int]:
    def send(pair: tuple[Any, Any]) -> int:
        answer = app.test_client().post("/api/v1" + path, json=pair[0], headers=pair[1])
        return int(answer.status_code)

    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(pool.map(send, zip(bodies, headers, strict=True)))


def test_one_code_opens_one_session(app, api, letter_box, session) -> None:
    ticket = api("post", "/sign-in", json={"email": "ana@example.org"}).json["ticket"]
    body = {"ticket": ticket, "code": letter_box.code()}
    session.rollback()
    statuses = _all_at_once(app, "/sign-in/code", [body] * THREADS, [{}] * THREADS)
    assert statuses == [200] + [422] * (THREADS - 1)
    found = queries.find_account_by_email(session, "ana@example.org")
    assert len(queries.sessions_of(session, found.id)) == 1


def test_the_same_digits_serve_one_session(app, person, session, totp) -> None:
    who = person("sam@city.example", "Sam", roles=["triage"], proven=False)
    tokens = [start_session(session, who.id, "bearer") for _ in range(THREADS)]
    session.commit()
    headers = [{"Authorization": f"Bearer {token}"} for token in tokens]
    path = "/sessions/current/second-factor"
    statuses = _all_at_once(app, path, [{"totp": totp.now()}] * THREADS, headers)
    assert statuses == [200] + [422] * (THREADS - 1)


def test_an_address_becomes_one_account(app, api, letter_box, session) -> None:
    bodies = []
    for _ in range(5):
        ticket = api("post", "/sign-in", json={"email": "ana@example.org"}).json["ticket"]
        bodies.append({"ticket": ticket, "code": letter_box.code()})
    session.rollback()
    assert _all_at_once(app, "/sign-in/code", bodies, [{}] * 5) == [200] * 5
    number = select(func.count()).select_from(Account).where(Account.email_mac.is_not(None))
    assert session.execute(number).scalar() == 2  # and the noise
