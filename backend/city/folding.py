"""Folding texts for comparison: without case, accents and punctuation."""

import re
import unicodedata

_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ı": "i"}
)
_NOT_WORD = re.compile(r"[\W_]+")


def _bare(text: str) -> str:
    """Compatible characters in place of ornate ones, and no marks."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def fold(text: str) -> str:
    """A text as small letters and digits with single spaces between the words."""
    # Ornate letters become plain capitals only when they are taken apart: fold the case again.
    plain = _bare(text.casefold()).casefold().translate(_SPELLED)
    return _NOT_WORD.sub(" ", _bare(plain)).strip()


def slug_of(text: str, most: int = 60) -> str:
    """A text as a code: its folded words joined by underscores; empty when nothing is left."""
    plain = fold(text).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", "_", plain.strip())[:most].strip("_")
