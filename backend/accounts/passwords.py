"""Passwords: what is accepted, and the slow hash that keeps them (Argon2id)."""

import gzip
import threading
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from backend.core.i18n import _
from backend.core.problems import Invalid, Unavailable

SHORTEST, LONGEST = 8, 128
AT_ONCE = 2
PATIENCE = 10.0
COMMON = Path(__file__).parent / "common_passwords.txt.gz"

_CITIZEN = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_STAFF = PasswordHasher(time_cost=2, memory_cost=64 * 1024, parallelism=1, type=Type.ID)
_turns = threading.BoundedSemaphore(AT_ONCE)


class _Turn:
    """One of the few places at which passwords are hashed at the same time."""

    def __enter__(self) -> None:
        if not _turns.acquire(timeout=PATIENCE):
            raise Unavailable()

    def __exit__(self, *_error: object) -> None:
        _turns.release()


def _hasher(staff: bool) -> PasswordHasher:
    return _STAFF if staff else _CITIZEN


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Passwords that are tried first by everyone who guesses."""
    return frozenset(gzip.decompress(COMMON.read_bytes()).decode().split("\n"))


def check_new(password: str, personal: Iterable[str | None] = (), field: str = "password") -> None:
    """Refuse a new password that is too short, too long, common, or the person's own name."""
    if len(password) < SHORTEST:
        raise Invalid(errors={field: _("Use %(n)s characters or more.", n=SHORTEST)})
    if len(password) > LONGEST:
        raise Invalid(errors={field: _("Use %(n)s characters or fewer.", n=LONGEST)})
    low = password.casefold()
    own = {part for text in personal if text for part in _parts(text)}
    if low in common_passwords() or len(set(low)) < 4 or low in own:
        raise Invalid(
            errors={
                field: _("This password is easy to guess. Use a few words that only you combine.")
            }
        )


def _parts(text: str) -> set[str]:
    low = text.casefold()
    return {low, low.replace(" ", ""), low.partition("@")[0]} | set(low.split())


def hash_password(password: str, *, staff: bool = False) -> str:
    """The form in which a password is stored."""
    with _Turn():
        return _hasher(staff).hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _CITIZEN.hash("nobody has this password")


def verify_password(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one; without any stored one it takes as long to say no."""
    if len(password) > LONGEST:
        return False
    with _Turn():
        try:
            return _CITIZEN.verify(stored or _nobody(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def needs_new_hash(stored: str, *, staff: bool) -> bool:
    """Whether the stored hash is weaker or older than what we make now."""
    return _hasher(staff).check_needs_rehash(stored)
