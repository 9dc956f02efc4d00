"""The letters of printed documents: the house's typeface, with all that its languages need."""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

FONT, STRONG, FIXED = "Vox", "Vox-Bold", "Courier-Bold"
SIGNS = {"≥": ">=", "≤": "<=", "−": "-", "→": "->", "…": "..."}
_FILES = {FONT: "regular", STRONG: "bold"}
_FOLDER = Path(__file__).with_name("fonts")


@lru_cache(maxsize=1)
def _known() -> frozenset[int]:
    """Make the typeface known to the writer of documents; the characters that it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name, weight in _FILES.items():
        font = TTFont(name, str(_FOLDER / f"atkinson-hyperlegible-next-{weight}.ttf"))
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=STRONG, italic=FONT, boldItalic=STRONG)
    return frozenset(pdfmetrics.getFont(FONT).face.charToGlyph)


def printable(words: str) -> str:
    """A text in letters that the typeface has; what it lacks loses its accent, or becomes "?"."""
    known, out = _known(), []
    for letter in str(words):
        if ord(letter) in known:
            out.append(letter)
            continue
        plain = SIGNS.get(letter) or unicodedata.normalize("NFKD", letter)
        out.append("".join(c for c in plain if ord(c) in known) or "?")
    return unicodedata.normalize("NFC", "".join(out))


def styles() -> Any:
    """The styles of running text, headings and lists, in the house's typeface."""
    from reportlab.lib.styles import getSampleStyleSheet

    _known()
    sheet = getSampleStyleSheet()
    for style in sheet.byName.values():
        if hasattr(style, "fontName") and not style.fontName.startswith("Courier"):
            style.fontName = STRONG if "Bold" in style.fontName else FONT
    return sheet
