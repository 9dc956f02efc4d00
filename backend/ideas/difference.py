"""What changed between two versions of a text, word by word, as people read it. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_PIECE = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
MOST_PIECES = 6000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that stayed, was added or was taken out."""

    change: str  # same, added or removed
    text: str


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def difference(old: str, new: str) -> list[Piece]:
    """The new text with what was added and removed; joining all but the removed gives it again."""
    left, right = _pieces(old), _pieces(new)
    if len(left) + len(right) > MOST_PIECES:
        left, right = old.splitlines(keepends=True), new.splitlines(keepends=True)
    found: list[Piece] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(left[a:b])))
            continue
        if b > a:
            found.append(Piece("removed", "".join(left[a:b])))
        if d > c:
            found.append(Piece("added", "".join(right[c:d])))
    return [piece for piece in found if piece.text]
