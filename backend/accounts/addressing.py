"""Public ids that came from outside, in an address or a form."""

from backend.core.ids import is_public_id, normalise_id
from backend.core.problems import NotFound


def known_form(text: str) -> str:
    """A public id as we write it; what cannot be one names nothing."""
    plain = normalise_id(text[:64])
    if not is_public_id(plain):
        raise NotFound()
    return plain
