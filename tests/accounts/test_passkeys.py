"""Passkeys: made and used by a software authenticator; both factors at once."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from backend.accounts import queries
from backend.accounts.service.sessions import start_session

ORIGIN, HOST = "http://localhost", "localhost"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """A telephone that holds one passkey."""

    origin: str = ORIGIN
    host: str = HOST
    verified: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: os.urandom(32))

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _head(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {key: bytes_to_base64url(value) for key, value in response.items()},
            "clientExtensionResults": {},
        }

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the passkey."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1}
        public |= {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        data = self._head(ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id
        data += cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"attestationObject": attestation, "clientDataJSON": client})

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """Sign a challenge."""
        self.count += 1
        data = self._head(0)
        client = self._client("webauthn.get", options["challenge"])
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"authenticatorData": data, "clientDataJSON": client, "signature": signed}
        )


def _add(api, who, phone: Authenticator):
    begun = api("post", "/me/passkeys/options", by=who, json={}).json
    body = {"ticket": begun["ticket"], "credential": phone.make(begun["options"]), "name": "Phone"}
    return api("post", "/me/passkeys", by=who, json=body)


def _sign_in(api, phone: Authenticator, change=lambda credential: credential):
    begun = api("post", "/sign-in/passkey/options", json={}).json
    credential = change(phone.use(begun["options"]))
    body = {"ticket": begun["ticket"], "credential": credential}
    return api("post", "/sign-in/passkey", json=body), body


def test_a_passkey_signs_in_and_counts_as_both_factors(api, person, session) -> None:
    who, phone = person("sam@city.example", "Sam", roles=["triage"]), Authenticator()
    assert _add(api, who, phone).status_code == 201
    answer, _body = _sign_in(api, phone)
    assert answer.status_code == 200
    assert answer.json["second_factor"] == "none"
    session.rollback()
    assert "triage" in queries.actor_for_token(session, answer.json["token"]).roles


def test_an_answer_works_once(api, person) -> None:
    who, phone = person(), Authenticator()
    _add(api, who, phone)
    first, body = _sign_in(api, phone)
    assert first.status_code == 200
    assert api("post", "/sign-in/passkey", json=body).status_code == 401


def test_a_cloned_key_that_counts_backwards_is_refused(api, person) -> None:
    who, phone = person(), Authenticator()
    _add(api, who, phone)
    phone.count = 50
    assert _sign_in(api, phone)[0].status_code == 200
    phone.count = 10
    assert _sign_in(api, phone)[0].status_code == 401


@pytest.mark.parametrize(
    "phone",
    [
        Authenticator(origin="https://evil.example"),
        Authenticator(host="evil.example"),
        Authenticator(verified=False),
    ],
    ids=["origin", "host", "not unlocked"],
)
def test_what_was_made_elsewhere_or_not_unlocked_is_refused(api, person, phone) -> None:
    answer = _add(api, person(), phone)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "credential"


def test_anothers_signature_is_refused(api, person) -> None:
    who, phone, thief = person(), Authenticator(), Authenticator()
    _add(api, who, phone)
    thief.id = phone.id
    assert _sign_in(api, thief)[0].status_code == 401
    assert _sign_in(api, Authenticator())[0].status_code == 401


@pytest.mark.parametrize(
    "broken", [{}, {"id": 1}, {"id": "x", "response": 5}, {"response": {}}, {"id": "\x00"}]
)
def test_nonsense_is_refused_without_a_fault(api, person, broken) -> None:
    who, phone = person(), Authenticator()
    _add(api, who, phone)
    assert _sign_in(api, phone, lambda good: broken)[0].status_code == 401
    half = {"rawId": "x", "response": {"signature": "!"}}
    assert _sign_in(api, phone, lambda good: good | half)[0].status_code == 401
    begun = api("post", "/me/passkeys/options", by=who, json={}).json
    body = {"ticket": begun["ticket"], "credential": broken}
    assert api("post", "/me/passkeys", by=who, json=body).status_code == 422


def test_a_passkey_proves_the_second_factor_of_ones_own_session_only(api, person, session) -> None:
    sam, bo = person("sam@city.example", "Sam", roles=["triage"]), person("bo@example.org", "Bo")
    mine, theirs = Authenticator(), Authenticator()
    _add(api, sam, mine)
    _add(api, bo, theirs)
    sam.token = start_session(session, sam.id, "bearer")
    session.commit()
    path = "/sessions/current/second-factor"
    for phone, status in ((theirs, 422), (mine, 200)):
        begun = api("post", path + "/options", by=sam, json={}).json
        body = {"ticket": begun["ticket"], "credential": phone.use(begun["options"])}
        answer = api("post", path, by=sam, json=body)
        assert answer.status_code == status
    session.rollback()
    assert "triage" in queries.actor_for_token(session, answer.json["token"]).roles


def test_passkeys_are_listed_and_removed_by_their_owner(api, person) -> None:
    who, other, phone = person(), person("bo@example.org", "Bo"), Authenticator()
    made = _add(api, who, phone).json
    assert made["name"] == "Phone"
    assert _add(api, other, phone).status_code == 409
    assert api("delete", f"/me/passkeys/{made['id']}", by=other).status_code == 404
    assert api("delete", f"/me/passkeys/{made['id']}", by=who).status_code == 204
    assert api("get", "/me/passkeys", by=who).json["items"] == []
    assert _sign_in(api, phone)[0].status_code == 401


def test_a_challenge_serves_only_who_asked_for_it(api, person) -> None:
    who, other, phone = person(), person("bo@example.org", "Bo"), Authenticator()
    begun = api("post", "/me/passkeys/options", by=who, json={}).json
    assert base64url_to_bytes(begun["options"]["challenge"])
    body = {"ticket": begun["ticket"], "credential": phone.make(begun["options"])}
    assert api("post", "/me/passkeys", by=other, json=body).status_code == 409
