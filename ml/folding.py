"""Folding texts and laying them out: one buffer of code points for a whole batch."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]

_TABLE = 0x3000  # code points below this are folded by table, others one text at a time
_SLOW = np.uint32(0xFFFFFFFF)
_DROP = np.uint32(0xFFFFFFFE)
WORD, SPACE = np.uint8(1), np.uint8(2)


def fold(text: str) -> str:
    """Lower-case a text and take its accents off, as scikit-learn's vectorisers do.

    Examples
    --------
    >>> fold("Groapă în Șoseaua Ștefan")
    'groapa in soseaua stefan'
    """
    text = text.lower()
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _class_of(char: str) -> int:
    if char.isspace():
        return int(SPACE)
    return int(WORD) if char.isalnum() or char == "_" else 0


@lru_cache(maxsize=1)
def _tables() -> tuple[U32, NDArray[np.uint8]]:
    folded = np.zeros(_TABLE, dtype=np.uint32)
    classes = np.zeros(_TABLE, dtype=np.uint8)
    for code in range(_TABLE):
        char = chr(code)
        plain = fold(char)
        classes[code] = _class_of(char)
        if char == "\u03a3" or len(plain) > 1:
            folded[code] = _SLOW
        else:
            folded[code] = ord(plain) if plain else int(_DROP)
    return folded, classes


def _codes(text: str) -> U32:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)


def _classes(codes: U32) -> NDArray[np.uint8]:
    table = _tables()[1]
    classes = table.take(codes, mode="clip")
    high = np.flatnonzero(codes >= _TABLE)
    for i in high:
        classes[i] = _class_of(chr(int(codes[i])))
    return classes


def _fold_codes(texts: Sequence[str]) -> U32:
    """Code points of all texts, folded, each text closed by a line feed."""
    joined = "\n".join(texts) + "\n"
    if joined.isascii():
        return np.frombuffer(joined.lower().encode("ascii"), dtype=np.uint8).astype(np.uint32)
    table = _tables()[0]
    codes = _codes(joined)
    slow = np.flatnonzero((codes >= _TABLE) | (table.take(codes, mode="clip") == _SLOW))
    if len(slow):
        joined = _expand(joined, {chr(c) for c in codes[slow].tolist()})
        codes = _codes(joined)
    low = codes < _TABLE
    plain: U32 = np.where(low, table.take(codes, mode="clip"), codes)
    plain = np.where(plain == _SLOW, codes, plain)
    kept: U32 = plain[plain != _DROP]
    return kept


def _expand(joined: str, rare: set[str]) -> str:
    """Fold the characters that do not fold one to one, such as ligatures and ellipses."""
    if "\u03a3" in rare:  # the form of a lower-case sigma depends on its neighbours
        joined = joined.lower()
    if len(rare) > 64:
        return "\n".join(fold(text) for text in joined.split("\n"))
    for char in rare:
        plain = fold(char)
        if plain != char:
            joined = joined.replace(char, plain)
    return joined


@dataclass(frozen=True, slots=True)
class Buffer:
    """A batch of texts as folded code points: one space between words, with row and class."""

    codes: U32
    rows: NDArray[np.int32]
    classes: NDArray[np.uint8]
    length: int


def lay_out(texts: Sequence[str]) -> Buffer:
    """Fold texts and lay them side by side, each between two spaces, with the row of each code."""
    codes = _fold_codes([t.replace("\n", " ") if "\n" in t else t for t in texts])
    ends = codes == 10
    classes = _classes(codes)
    space = classes == SPACE
    rows = np.cumsum(ends, dtype=np.int32)
    # A run of white space becomes one space, which belongs to the word that follows it.
    keep = np.empty(len(codes), dtype=bool)
    keep[:-1] = ~(space[:-1] & space[1:])
    keep[-1] = True
    codes = np.concatenate((np.array([32], np.uint32), codes[keep]))
    rows = np.concatenate((np.zeros(1, np.int32), rows[keep]))
    classes = np.concatenate((np.array([SPACE], np.uint8), classes[keep]))
    codes[classes == SPACE] = 32
    if len(codes) > 1 and classes[1] == SPACE:
        codes, rows, classes = codes[1:], rows[1:], classes[1:]
    return Buffer(codes, rows, classes, len(texts))
