"""Seals, signatures and keyed hashes, all derived from the secret key and its predecessors."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
KEY_MARK = 4


class SealError(ValueError):
    """A sealed value that none of our keys opens."""


class Keyring:
    """The present secret key and its predecessors; the newest seals, each may open."""

    def __init__(self, secret: str, fallbacks: tuple[str, ...] = ()) -> None:
        self._secrets = (secret, *fallbacks)

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._secrets)}>"

    @lru_cache(maxsize=256)  # noqa: B019 - one ring lives as long as the process
    def _key(self, index: int, purpose: str) -> bytes:
        return HKDF(hashes.SHA256(), 32, None, b"vox:" + purpose.encode()).derive(
            self._secrets[index].encode()
        )

    def _mark(self, index: int, purpose: str) -> bytes:
        return hashlib.sha256(b"mark" + self._key(index, purpose)).digest()[:KEY_MARK]

    def seal(self, text: str, purpose: str) -> str:
        """Encrypt a text for one purpose (AES-256-GCM); the result names the key it needs."""
        nonce = os.urandom(NONCE)
        body = AESGCM(self._key(0, purpose)).encrypt(nonce, text.encode(), purpose.encode())
        return base64.urlsafe_b64encode(self._mark(0, purpose) + nonce + body).decode()

    def unseal(self, sealed: str, purpose: str) -> str:
        """Open what `seal` closed, with the present key or a former one."""
        try:
            raw = base64.urlsafe_b64decode(sealed)
        except ValueError as error:
            raise SealError("not a sealed value") from error
        mark, nonce, body = (
            raw[:KEY_MARK],
            raw[KEY_MARK : KEY_MARK + NONCE],
            raw[KEY_MARK + NONCE :],
        )
        for index in range(len(self._secrets)):
            if hmac.compare_digest(mark, self._mark(index, purpose)):
                try:
                    opened = AESGCM(self._key(index, purpose)).decrypt(
                        nonce, body, purpose.encode()
                    )
                except InvalidTag as error:
                    raise SealError("the sealed value was changed") from error
                return opened.decode()
        raise SealError("sealed with a key that is not in VOX_SECRET_KEY_FALLBACKS")

    def is_current(self, sealed: str, purpose: str) -> bool:
        """Whether a value is sealed with the present key; if not, rotation should reseal it."""
        return base64.urlsafe_b64decode(sealed)[:KEY_MARK] == self._mark(0, purpose)

    def mac(self, text: str, purpose: str) -> str:
        """A keyed hash by which equal values can be found without being readable."""
        return hmac.new(self._key(0, purpose), text.encode(), hashlib.sha256).hexdigest()

    def macs(self, text: str, purpose: str) -> list[str]:
        """The keyed hash under every key, newest first: look a value up through a rotation."""
        return [
            hmac.new(self._key(i, purpose), text.encode(), hashlib.sha256).hexdigest()
            for i in range(len(self._secrets))
        ]

    def signing_key(self, purpose: str) -> Ed25519PrivateKey:
        """The Ed25519 key with which receipts and seals of the ledger are signed."""
        return Ed25519PrivateKey.from_private_bytes(self._key(0, "sign:" + purpose))


_ring: Keyring | None = None


def use_keys(secret: str, fallbacks: tuple[str, ...] = ()) -> Keyring:
    """Set the keys of this process; done once at start-up."""
    global _ring
    _ring = Keyring(secret, fallbacks)
    return _ring


def keyring() -> Keyring:
    """The keys of this process."""
    if _ring is None:
        raise RuntimeError("no keys yet: create the application first")
    return _ring
