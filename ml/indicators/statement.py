"""The signed statement of computed results: issue, revoke, verify.

A statement says what was computed, from which inputs and by which method, and until when it may be
relied upon. It is no certificate of any standard's body. It is canonical JSON (RFC 8785) under an
Ed25519 signature. Figures are decimal strings and other numbers whole, so that any language's JSON
gives the same bytes; `tools/verify_statement.py` verifies with nothing of this library.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KIND, REVOCATIONS, FORMAT = "statement of computed results", "revoked statements", 1
NOTICE = (
    "This statement says what was computed, from which data and by which method."
    " It is not a certificate of conformity with any standard."
)
_GREATEST = 2**53 - 1

Statement = dict[str, Any]


class StatementRefused(ValueError):
    """A statement that may not be relied upon, and why.

    ``why`` is one of form, key, signature, expired, early, revoked.
    """

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: the city's name and its key."""

    name: str
    key: Ed25519PrivateKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Issuer:
        """Make an issuer from the 32 bytes of its private key."""
        return cls(name, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public_key(self) -> str:
        """The public key, 32 bytes in unpadded base64url."""
        return _text(self.key.public_key().public_bytes_raw())


def key_id(public_key: str) -> str:
    """The short name of a public key: the first half of its SHA-256, in hexadecimal."""
    return hashlib.sha256(_bytes(public_key)).hexdigest()[:32]


def decimal(value: float | None, digits: int = 6) -> str | None:
    """A figure as a statement holds it.

    Examples
    --------
    >>> decimal(2.5), decimal(1 / 3), decimal(None), decimal(-0.0000001)
    ('2.5', '0.333333', None, '0')
    """
    if value is None or not math.isfinite(value):
        return None
    text = f"{value:.{digits}f}"
    short = (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
    return "0" if short == "-0" else short


def issue(
    issuer: Issuer, id: str, results: Mapping[str, Any], *, issued: datetime, expires: datetime,
    supersedes: str | None = None,
) -> Statement:  # fmt: skip
    """Sign a statement.

    Parameters
    ----------
    issuer : Issuer
        Who signs.
    id : str
        The statement's public name.
    results : mapping
        What was computed: text, whole numbers, decimal strings, lists and mappings of them.
    issued, expires : datetime
        From when and until when it may be relied upon.
    supersedes : str, optional
        The statement that this one replaces.

    Examples
    --------
    >>> from datetime import timedelta
    >>> issuer, now = Issuer.from_seed("Vliermonde", bytes(32)), datetime(2026, 1, 1, tzinfo=UTC)
    >>> found = issue(issuer, "s-1", {"CI5": "61.2"}, issued=now, expires=now + timedelta(days=365))
    >>> verify(found, issuer.public_key, now=now)["results"]
    {'CI5': '61.2'}
    >>> found["results"]["CI5"] = "61.3"
    >>> verify(found, issuer.public_key, now=now)
    Traceback (most recent call last):
    ml.indicators.statement.StatementRefused: The signature does not fit: something was changed.
    """
    if expires <= issued:
        raise StatementRefused("form", "A statement expires after it is issued.")
    body = {
        "kind": KIND,
        "format": FORMAT,
        "id": id,
        "issuer": issuer.name,
        "issued_at": _stamp(issued),
        "expires_at": _stamp(expires),
        "supersedes": supersedes,
        "notice": NOTICE,
        "results": dict(results),
    }
    return _signed(body, issuer)


def revoke(issuer: Issuer, revoked: Mapping[str, str], *, issued: datetime) -> Statement:
    """Sign the list of revoked statements: id → reason."""
    body = {
        "kind": REVOCATIONS,
        "format": FORMAT,
        "issuer": issuer.name,
        "issued_at": _stamp(issued),
        "revoked": dict(revoked),
    }
    return _signed(body, issuer)


def verify(
    statement: Mapping[str, Any],
    public_key: str,
    *,
    now: datetime,
    revoked: Collection[str] = (),
) -> Statement:
    """Return a statement's body if it may be relied upon now; otherwise refuse with the reason.

    ``public_key`` comes from the issuer's site, not from the statement itself.
    """
    body = _verified(statement, public_key, KIND)
    if body.get("id") in revoked:
        raise StatementRefused("revoked", "The issuer has revoked this statement.")
    if now < _moment(body, "issued_at"):
        raise StatementRefused("early", "This statement is not valid yet.")
    if now >= _moment(body, "expires_at"):
        raise StatementRefused("expired", f"This statement expired on {body['expires_at']}.")
    return body


def verify_revocations(revocations: Mapping[str, Any], public_key: str) -> frozenset[str]:
    """Return the ids on a signed list of revoked statements."""
    return frozenset(_verified(revocations, public_key, REVOCATIONS)["revoked"])


def canonical(body: Mapping[str, Any]) -> bytes:
    """The bytes that are signed; refuses what JSON readers could take in different ways."""
    _check(body)
    try:
        return rfc8785.dumps(dict(body))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise StatementRefused("form", f"This cannot be signed: {error}") from None


def read(text: str | bytes) -> Statement:
    """Read a statement; a name that stands twice is refused."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise StatementRefused("form", "A name stands twice in this statement.")
        return dict(pairs)

    try:
        found = json.loads(text, object_pairs_hook=once)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise StatementRefused("form", "This is not JSON.") from None
    if not isinstance(found, dict):
        raise StatementRefused("form", "A statement is a JSON object.")
    return found


def _signed(body: Statement, issuer: Issuer) -> Statement:
    whole = body | {"key_id": key_id(issuer.public_key), "algorithm": "Ed25519"}
    return whole | {"signature": _text(issuer.key.sign(canonical(whole)))}


def _verified(signed: Mapping[str, Any], public_key: str, kind: str) -> Statement:
    body = {name: value for name, value in signed.items() if name != "signature"}
    if body.get("kind") != kind or body.get("format") != FORMAT:
        raise StatementRefused("form", f"This is not a {kind}, format {FORMAT}.")
    if body.get("algorithm") != "Ed25519" or body.get("key_id") != key_id(public_key):
        raise StatementRefused("key", "This was signed with another key.")
    try:
        signature = _bytes(str(signed.get("signature", "")))
        Ed25519PublicKey.from_public_bytes(_bytes(public_key)).verify(signature, canonical(body))
    except (InvalidSignature, ValueError) as error:
        if isinstance(error, StatementRefused):
            raise
        raise StatementRefused(
            "signature", "The signature does not fit: something was changed."
        ) from None
    return body


def _check(value: object, depth: int = 0) -> None:
    if depth > 20:
        raise StatementRefused("form", "A statement is not nested as deeply as this.")
    if isinstance(value, float):
        raise StatementRefused("form", f"Write figures as decimal strings: {value}.")
    if isinstance(value, int) and abs(value) > _GREATEST:
        raise StatementRefused("form", f"Write large numbers as strings: {value}.")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise StatementRefused("form", f"Names are ASCII: {name!r}.")
            _check(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner, depth + 1)


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(body: Mapping[str, Any], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(body.get(name)))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        raise StatementRefused("form", f"{name} is not a time.") from None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise StatementRefused("form", "This is not base64url.") from None
    if _text(raw) != text:  # two spellings of one signature are one too many
        raise StatementRefused("form", "This is not base64url in its one spelling.")
    return raw
