"""Verify a signed statement of computed results, without Vox Urbis.

    python verify_statement.py STATEMENT.json PUBLIC_KEY [--revocations REVOKED.json] [--at TIME]

PUBLIC_KEY is what the issuing city publishes (32 bytes in base64url). This file stands alone: it
needs Python 3.11 or newer and the package cryptography. Exit code 0 means that the statement may
be relied upon; 1 that it may not, and the line that is printed says why.
"""

import argparse
import base64
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refused(Exception):
    """Why not."""


def decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def once(pairs: list) -> dict:
    if len(dict(pairs)) != len(pairs):
        raise Refused("a name stands twice")
    return dict(pairs)


def no_fraction(text: str) -> float:
    raise Refused(f"a figure is not a decimal string: {text}")


def signed_body(path: Path, key: bytes, kind: str) -> dict:
    """Read a signed document and check its signature."""
    document = json.loads(
        path.read_text(encoding="utf-8"), object_pairs_hook=once, parse_float=no_fraction
    )
    signature = decoded(document.pop("signature"))
    if document.get("kind") != kind or document.get("format") != 1:
        raise Refused(f"this is not a {kind}, format 1")
    if document.get("key_id") != hashlib.sha256(key).hexdigest()[:32]:
        raise Refused("signed with another key")
    # Names are ASCII and numbers whole, so that sorted compact JSON is the canonical form.
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except InvalidSignature:
        raise Refused("the signature does not fit: something was changed") from None
    return document


def main() -> int:
    """Verify what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("statement", type=Path)
    parser.add_argument("public_key")
    parser.add_argument("--revocations", type=Path, help="the issuer's signed list")
    parser.add_argument("--at", default="", help="a time other than now")
    given = parser.parse_args()
    now = datetime.fromisoformat(given.at) if given.at else datetime.now(UTC)
    try:
        key = decoded(given.public_key)
        body = signed_body(given.statement, key, "statement of computed results")
        if given.revocations:
            listed = signed_body(given.revocations, key, "revoked statements")["revoked"]
            if body["id"] in listed:
                raise Refused(f"revoked by the issuer: {listed[body['id']]}")
        if now < datetime.fromisoformat(body["issued_at"]):
            raise Refused("not valid yet")
        if now >= datetime.fromisoformat(body["expires_at"]):
            raise Refused(f"expired on {body['expires_at']}")
    except (Refused, OSError, ValueError, KeyError) as error:
        print(f"REFUSED: {error}")
        return 1
    print(f"VALID: {body['issuer']}, {body['id']}, until {body['expires_at']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
