"""OpenID Connect for staff, against a real provider on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select

from backend.accounts import queries, service
from backend.accounts.models import Account, Identity
from backend.accounts.routes.sign_in import local_path
from backend.core.db import db

BASE = "/api/v1/sign-in/oidc"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows two people."""
    from oidc_provider_mock import User, run_server_in_thread

    people = [
        User(
            sub="sam",
            claims={"email": "sam@city.example", "email_verified": True, "name": "Sam"},
        ),
    ]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def city(make_app, provider: str) -> Flask:
    """A city whose staff sign in with that provider."""
    return make_app(oidc_issuer=provider, oidc_client_id="vox", oidc_client_secret="secret")


def _at_provider(url: str, sub: str) -> str:
    answer = requests.post(url, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code in (302, 303), answer.text
    return answer.headers["Location"]


def _come_back(client, back: str):
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}")


def _sign_in(client, sub: str = "sam", then: str = "/console/"):
    away = client.get(BASE, query_string={"next": then})
    assert away.status_code == 302
    return _come_back(client, _at_provider(away.headers["Location"], sub))


def test_staff_sign_in_at_the_provider(city) -> None:
    with city.app_context():
        account = service.make_demo_account(db.session, "sam@city.example", "Sam", ["triage"])
        db.session.commit()
    client = city.test_client()
    answer = _sign_in(client)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/console/"
    with city.app_context():
        actor = queries.actor_for_token(db.session, client.get_cookie("vox").value)
        assert actor.account_id == account
        assert actor.pending_second_factor
        assert actor.roles == {"citizen"}


def test_the_request_carries_state_nonce_and_pkce(city) -> None:
    sent = parse_qs(urlsplit(city.test_client().get(BASE).headers["Location"]).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert all(len(sent[name][0]) >= 16 for name in ("state", "nonce", "code_challenge"))
    assert sent["redirect_uri"] == ["http://localhost" + BASE + "/callback"]


def test_an_answer_without_our_state_is_refused(city) -> None:
    first, second = city.test_client(), city.test_client()
    away = first.get(BASE)
    back = _at_provider(away.headers["Location"], "sam")
    assert _come_back(second, back).status_code == 401
    assert second.get_cookie("vox") is None
    assert _come_back(first, back).status_code == 302
    assert _come_back(first, back).status_code == 401


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=y", "error=access_denied&state=z", "code=%00&state=%ff"]
)
def test_nonsense_from_the_provider_is_refused(city, query) -> None:
    assert city.test_client().get(f"{BASE}/callback?{query}").status_code == 401


def test_the_same_person_is_known_by_issuer_and_subject(city) -> None:
    for _ in range(2):
        assert _sign_in(city.test_client(), "someone-new").status_code == 302
    with city.app_context():
        assert db.session.execute(select(func.count()).select_from(Identity)).scalar() == 1
        assert db.session.execute(select(func.count()).select_from(Account)).scalar() == 1


def test_a_provider_that_is_away_is_no_fault_of_ours(make_app, free_port) -> None:
    city = make_app(
        oidc_issuer=f"http://localhost:{free_port}", oidc_client_id="vox", oidc_client_secret="s"
    )
    assert city.test_client().get(BASE).status_code == 503


def test_a_city_without_a_provider_has_no_such_way_in(api) -> None:
    assert api("get", "/sign-in/oidc").status_code == 404
    assert api("get", "/sign-in/oidc/callback").status_code == 404


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=1",
        "evil.example",
        " /x",
        "http:evil",
        "",
        None,
    ],
)
def test_the_way_back_stays_in_the_house(wish) -> None:
    assert local_path(wish) == "/"


def test_a_page_of_ours_is_a_way_back() -> None:
    assert local_path("/console/reports?status=open") == "/console/reports?status=open"
