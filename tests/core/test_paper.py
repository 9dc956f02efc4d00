"""Printed documents keep every letter of the languages that the house speaks."""

import io

from reportlab.pdfgen.canvas import Canvas

from backend.core.paper import FONT, STRONG, printable, styles


def test_romanian_and_polish_names_keep_their_letters() -> None:
    names = "Ștefan Țăranu, Strada Împărătescu; Łódź; Škoda; Übergröße; “cafè” €"
    assert printable(names) == names


def test_what_the_typeface_lacks_becomes_readable() -> None:
    assert printable("ǚ → 3") == "ü -> 3"
    assert printable("城") == "?"


def test_a_document_is_written_in_it() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    printable("x")
    for font in (FONT, STRONG):
        canvas.setFont(font, 12)
        canvas.drawString(50, 50, "Țară")
    canvas.save()
    assert b"FontFile2" in out.getvalue()
    assert styles()["BodyText"].fontName == FONT
