"""Firebase: the true RS256 path of the client library, against keys of our own on loopback."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from cachecontrol import CacheControlAdapter
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from firebase_admin import auth
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from backend.accounts import queries
from backend.accounts.identity.registry import EXTENSION
from backend.accounts.models import Account, Identity, SignInSession
from backend.core.db import db

PROJECT = "demo-city"
ISSUER = f"https://securetoken.google.com/{PROJECT}"
Sign = Callable[..., str]


def _certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "securetoken")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


class Google:
    """The server that hands out the public keys, and the private key behind them."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.fetches = 0
        self.away = False
        google, body = self, json.dumps({"kid1": _certificate(self.key)}).encode()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                google.fetches += 1
                self.send_response(503 if google.away else 200)
                self.send_header("Cache-Control", "public, max-age=3600")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class ToLoopback(CacheControlAdapter):
    """Carries the library's requests for Google's keys to our own server."""

    port = 0

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.url = f"http://127.0.0.1:{self.port}{urlsplit(request.url).path}"
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def google() -> Iterator[Google]:
    server = Google()
    yield server
    server.close()


@pytest.fixture
def city(make_app, google: Google) -> Flask:
    """A city with a Firebase project, whose requests for keys stay on this machine."""
    google.away, google.fetches = False, 0
    app = make_app(firebase_project=PROJECT)
    adapter = app.extensions[EXTENSION]["firebase"]
    mount = ToLoopback()
    mount.port = google.server.server_port
    # The client library has no option for the address of the keys; this fails when it moves.
    auth._get_client(adapter.app)._token_verifier.request.session.mount("https://", mount)
    return app


@pytest.fixture
def sign(google: Google) -> Sign:
    """Make an ID token as Google would, or a wrong one."""
    pem = google.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    def make(*, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": PROJECT,
            "sub": "uid-1",
            "iat": now - 5,
            "exp": now + 3600,
            "auth_time": now - 5,
            "email": "ana@example.org",
            "email_verified": True,
            "firebase": {"sign_in_provider": "password"},
        }
        body.update(claims)
        body = {name: value for name, value in body.items() if value is not None}
        head = {"alg": "RS256", "kid": "kid1", "typ": "JWT"} | (header or {})
        chosen = key or RSAKey.import_key(pem)
        return jwt.encode(head, body, chosen, algorithms=[head["alg"]])

    return make


def _exchange(app: Flask, token: str, kind: str = "bearer") -> Any:
    return app.test_client().post(
        "/api/v1/sessions/firebase", json={"id_token": token, "kind": kind}
    )


def test_a_token_is_exchanged_for_a_session_of_our_own(city, sign) -> None:
    answer = _exchange(city, sign(name="Ana"))
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json['token']}"}
    me = city.test_client().get("/api/v1/me", headers=headers).json
    assert (me["email"], me["name"], me["roles"]) == ("ana@example.org", "Ana", ["citizen"])
    assert me["assurance"] == "contact_verified"
    again = _exchange(city, sign())
    with city.app_context():
        assert db.session.execute(select(func.count()).select_from(Account)).scalar() == 1
        assert again.json["token"] != answer.json["token"]


def test_the_id_token_itself_opens_nothing(city, sign) -> None:
    headers = {"Authorization": f"Bearer {sign()}"}
    assert city.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_role_claims_are_ignored(city, sign) -> None:
    claims = {"admin": True, "role": "administrator", "roles": ["administrator", "triage"]}
    token = _exchange(city, sign(**claims)).json["token"]
    with city.app_context():
        assert queries.actor_for_token(db.session, token).roles == {"citizen"}


def _with_secret(body: str, secret: bytes) -> str:
    """A token "signed" with what is public, for who lets the token choose how it is checked."""
    head = (
        base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"kid1","typ":"JWT"}').decode().rstrip("=")
    )
    digest = hmac.digest(secret, f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _wrong_tokens(sign: Sign, google: Google) -> dict[str, str]:
    other = RSAKey.generate_key(2048)
    public = google.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    good = sign()
    head, body, signature = good.split(".")
    none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
    now = int(time.time())
    return {
        "other project": sign(aud="other"),
        "other issuer": sign(iss="https://securetoken.google.com/other"),
        "session cookie": sign(iss=f"https://session.firebase.google.com/{PROJECT}"),
        "expired": sign(iat=now - 7200, exp=now - 3600),
        "from the future": sign(iat=now + 3600),
        "no subject": sign(sub=None),
        "empty subject": sign(sub=""),
        "long subject": sign(sub="x" * 129),
        "no times": sign(iat=None, exp=None),
        "foreign key": sign(key=other),
        "unknown kid": sign(header={"kid": "../../kid1"}),
        "jku": sign(header={"jku": "http://127.0.0.1/keys", "kid": "evil"}, key=other),
        "no kid": sign(header={"kid": ""}),
        "public key as secret": _with_secret(body, public),
        "alg none": f"{none}.{body}.",
        "alg none, signed": f"{none}.{body}.{signature}",
        "cut": f"{head}.{body}",
        "changed": f"{head}.{body}.{'A' * len(signature)}",
        "swapped": f"{body}.{head}.{signature}",
        "emulator form": f"{none}.{body}.",
        "custom token": sign(
            aud="https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1"
            ".IdentityToolkit",
            iss="svc@demo.iam.gserviceaccount.com",
        ),
        "text": "hello",
        "dots": "..",
        "NUL": "a\x00b.c.d",
        "long": "x" * 8192,
    }


def test_forged_and_confused_tokens_are_refused(city, sign, google) -> None:
    from tests.support.house import forget_limits

    answers = {}
    for name, token in _wrong_tokens(sign, google).items():
        forget_limits(city)
        answers[name] = _exchange(city, token).status_code
    assert len(answers) == 25
    assert {name: status for name, status in answers.items() if status != 401} == {}
    with city.app_context():
        assert db.session.execute(select(func.count()).select_from(Account)).scalar() == 0
        assert db.session.execute(select(SignInSession.id)).first() is None


def test_keys_are_fetched_once(city, sign, google) -> None:
    for _ in range(5):
        assert _exchange(city, sign()).status_code == 200
    assert google.fetches == 1


def test_while_google_is_away_nobody_is_let_in_and_nothing_breaks(city, sign, google) -> None:
    google.away = True
    answer = _exchange(city, sign())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_an_unverified_address_takes_no_account_over(city, sign) -> None:
    assert _exchange(city, sign()).status_code == 200
    other = _exchange(city, sign(sub="uid-2", email_verified=False))
    assert other.status_code == 200
    with city.app_context():
        actor = queries.actor_for_token(db.session, other.json["token"])
        assert actor.assurance == "anonymous"
        assert queries.contact_of(db.session, actor.account_id).email is None
        assert db.session.execute(select(func.count()).select_from(Identity)).scalar() == 2


def test_an_account_of_city_hall_is_not_joined_from_outside(city, sign) -> None:
    from backend.accounts import service

    with city.app_context():
        service.make_demo_account(db.session, "ana@example.org", "Ana", ["triage"])
        db.session.commit()
    assert _exchange(city, sign()).status_code == 409


def test_an_old_sign_in_does_not_prove_presence(city, sign) -> None:
    token = _exchange(city, sign(auth_time=int(time.time()) - 1800)).json["token"]
    answer = city.test_client().put(
        "/api/v1/me/password",
        json={"password": "three odd words here"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 403


def test_a_city_without_firebase_has_no_such_way_in(api) -> None:
    assert api("post", "/sessions/firebase", json={"id_token": "x"}).status_code == 404
    assert api("get", "/sign-in/methods").json["firebase_project"] is None
