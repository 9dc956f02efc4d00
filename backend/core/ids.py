"""Identifiers: public ones that cannot be counted or guessed, and secrets that open a door."""

import hashlib
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base32: no i, l, o, u
PUBLIC_ID_LENGTH = 16
SECRET_LENGTH = 26
_CONFUSED = str.maketrans("ilo", "110")


def _random_text(length: int) -> str:
    number = secrets.randbits(5 * length)
    characters = []
    for _ in range(length):
        characters.append(ALPHABET[number & 31])
        number >>= 5
    return "".join(characters)


def new_public_id() -> str:
    """An id that may be shown to anyone: 80 random bits in 16 characters."""
    return _random_text(PUBLIC_ID_LENGTH)


def new_secret() -> str:
    """A secret that opens something by itself: 130 random bits in 26 characters."""
    return _random_text(SECRET_LENGTH)


def normalise_id(text: str) -> str:
    """Forgive capitals, hyphens and look-alike letters in an id read over the telephone."""
    return text.strip().lower().replace("-", "").replace(" ", "").translate(_CONFUSED)


def spoken_id(public_id: str) -> str:
    """An id in groups of four, as one reads it aloud."""
    return "-".join(public_id[i : i + 4] for i in range(0, len(public_id), 4))


def is_public_id(text: str) -> bool:
    """Whether a text has the form of a public id."""
    return len(text) == PUBLIC_ID_LENGTH and all(c in ALPHABET for c in text)


def hash_secret(secret: str) -> str:
    """The form in which a long random secret is stored: SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
