"""How a mark leads to its ballot while a vote is open, and to nothing afterwards.

Two random keys of each vote are used. The mark key makes the mark of having voted out of who
votes. The link key seals the ballot's tracker inside the mark, so that a ballot can be changed;
it is destroyed when the vote closes, and with it the only way from a mark to a ballot.
"""

import hashlib
import hmac
import os
import secrets

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


def new_key() -> str:
    """A key of 256 random bits."""
    return secrets.token_hex(32)


def new_salt() -> str:
    """The salt of a commitment: 128 random bits."""
    return secrets.token_hex(16)


def mark_of(key: str, voter: str) -> str:
    """The mark of a voter: the same for the same person, meaningless without the key."""
    return hmac.new(bytes.fromhex(key), b"mark " + voter.encode(), hashlib.sha256).hexdigest()


def _handle_key(key: str, voter: str) -> bytes:
    return hmac.new(bytes.fromhex(key), b"link " + voter.encode(), hashlib.sha256).digest()


def seal_handle(key: str, voter: str, tracker: str) -> bytes:
    """The way from a mark to its ballot; only who knows the voter and the key can walk it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_handle_key(key, voter)).encrypt(nonce, tracker.encode(), b"handle")


def open_handle(key: str, voter: str, handle: bytes) -> str:
    """The tracker behind a mark."""
    body = AESGCM(_handle_key(key, voter)).decrypt(handle[:_NONCE], handle[_NONCE:], b"handle")
    return body.decode()
