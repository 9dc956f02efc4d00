"""Texts of the street made comparable: repaired, masked of personal data, language told.

Every pattern here has bounded repeats only, so that no text makes it slow.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ml.folding import fold
from ml.taxonomy import LANGUAGES

__all__ = ["MAX_LENGTH", "Masked", "detect_language", "fold", "for_training", "mask", "normalise"]

MAX_LENGTH = 8000

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_CEDILLA = str.maketrans("şţŞŢ", "șțȘȚ")
_MOJIBAKE = re.compile("[ÃÂÄÅÈ][\x80-\xbf‚-™€]|â€")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")


def normalise(text: str) -> str:
    """Repair a text without changing what it says.

    Composes accents, undoes double encoding and HTML entities, turns Romanian cedillas into
    commas, drops invisible characters, and cuts at ``MAX_LENGTH`` characters.

    Examples
    --------
    >>> normalise("GroapÄƒ  Ã®n stradă, str. Ştefan &amp; fiii")
    'Groapă în stradă, str. Ștefan & fiii'
    """
    text = text[:MAX_LENGTH]
    if text.isascii() and "&" not in text:
        return _SPACES.sub(" ", _CONTROL.sub("", text)).strip()
    if _MOJIBAKE.search(text):
        text = _undo_double_encoding(text)
    text = unicodedata.normalize("NFC", html.unescape(text)).translate(_CEDILLA)
    return _SPACES.sub(" ", _CONTROL.sub("", text)).strip()


def _undo_double_encoding(text: str) -> str:
    """Decode again what was read as Windows-1252 or Latin-1, piece by piece."""

    def repair(match: re.Match[str]) -> str:
        for encoding in ("cp1252", "latin-1"):
            try:
                return match.group().encode(encoding).decode("utf-8")
            except (UnicodeEncodeError, UnicodeDecodeError):
                continue
        return match.group()

    return re.sub("[\x80-\xff‚-™€Œœ\u0160\u0161\u0178\u017d\u017eƒ]{2,8}", repair, text)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without its personal data, and how many of each kind were taken out."""

    text: str
    found: dict[str, int]


_NAME = r"[A-ZÀ-ÞȘȚĂ][\w'’-]{1,30}(?: (?:van |de |der |den |von )?[A-ZÀ-ÞȘȚĂ][\w'’-]{1,30}){0,2}"
_STREET_NAME = r"[A-ZÀ-ÞȘȚĂ][\w'’.-]{1,40}"
_NUMBER = r"\d{1,4} ?[a-zA-Z]?\b"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    ("link", re.compile(r"\b(?:https?://|www\.)[^\s<>\"]{1,500}", re.IGNORECASE)),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")),
    (
        "number",
        re.compile(
            r"(?<![\w+])(?!\d{4}-\d\d-\d\d\b|\d\d?[./-]\d\d?[./-]\d{4}\b)"
            r"(?:\+ ?|\()?\d(?:[ ./()-]{0,2}\d){7,18}(?!\w)"
        ),
    ),
    (
        "plate",
        re.compile(
            r"\b(?:[A-Z]{1,3}[ -]?\d{2,4}[ -]?[A-Z]{2,3}|\d{2}[ -][A-Z]{2,3}[ -]\d{1,2}"
            r"|[A-Z]{2}[ -]\d{3}[ -][A-Z]|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{1,4})\b"
        ),
    ),
    (
        "address",
        re.compile(
            rf"\b(?:[Ss]tr(?:\.|ada)|[Bb]d\.?|[Bb]ulevardul|[Aa]leea|[Cc]alea|[Șș]oseaua"
            rf"|[Ss]os\.) ?(?:{_STREET_NAME} ?){{1,3}},? ?(?:nr\.? ?)?{_NUMBER}"
            rf"|\b{_STREET_NAME}(?:straat|laan|weg|plein|gracht|kade|singel|dijk|stra(?:ß|ss)e|str\."
            rf"|gasse|platz|allee|ring|damm) {_NUMBER}"
            rf"|\b\d{{1,5}} (?:{_STREET_NAME} ){{1,3}}"
            r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Terrace|Close)\b"
        ),
    ),
    (
        "name",
        re.compile(
            r"(?:(?i:\b(?:my name is|mijn naam is|ik heet|numele meu este|m[aă] numesc"
            r"|ich hei(?:ß|ss)e|mein name ist))|\b(?:Mr|Mrs|Ms|Miss|Dr|dhr|Dhr|mevr|Mevr|meneer"
            rf"|mevrouw|dl|dna|Dl|Dna|domnul|doamna|Domnul|Doamna|Herr|Herrn|Frau)\b\.?) {_NAME}"
        ),
    ),
)


def mask(text: str, placeholder: str | None = None) -> Masked:
    """Take addresses, numbers, names and other personal data out of a text.

    Parameters
    ----------
    text : str
        A text, best normalised.
    placeholder : str, optional
        What to put in place of each; by default the kind in square brackets.

    Examples
    --------
    >>> mask("Call me on 06-1234 5678 or jan@example.nl, Kerkstraat 12").text
    'Call me on [number] or [email], [address]'
    """
    found: dict[str, int] = {}
    for kind, pattern in _PATTERNS:
        text, n = pattern.subn(f"[{kind}]" if placeholder is None else placeholder, text)
        if n:
            found[kind] = n
    return Masked(text, found)


def for_training(text: str) -> str:
    """A text as models may learn it: repaired and with nothing personal left.

    Examples
    --------
    >>> for_training("Noise at 12 High Street, my name is Ann Lee, 0123 456 7890, every night")
    'Noise at,,, every night'
    """
    bare = mask(normalise(text), " ").text
    return re.sub(r" +(?=[,.;:!?])", "", " ".join(bare.split()))


@lru_cache(maxsize=4)
def _identifier(languages: tuple[str, ...]) -> object:
    import py3langid

    py3langid.set_languages(list(languages))
    return py3langid


def detect_language(text: str, languages: tuple[str, ...] = LANGUAGES) -> str | None:
    """Language of a text among those served, or None when it has no letters.

    Examples
    --------
    >>> detect_language("Lantaarnpaal kapot bij de speeltuin")
    'nl'
    >>> detect_language("...") is None
    True
    """
    if not any(char.isalpha() for char in text[:MAX_LENGTH]):
        return None
    found = _identifier(tuple(languages)).classify(text[:1000])  # type: ignore[attr-defined]
    return str(found[0])
