"""Letters with single-use codes, and ballots on paper, as PDF for the printer."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from backend.core.i18n import _
from backend.core.paper import FIXED, FONT, STRONG, printable
from backend.ideas.service.codes import PrintedBatch, spoken_code

LEFT, TOP, LINE = 25 * mm, A4[1] - 27 * mm, 5.2 * mm


def _wrapped(canvas: Canvas, words: str, width: float, font: str, size: float) -> list[str]:
    lines, line = [], ""
    for word in printable(words).split():
        longer = f"{line} {word}".strip()
        if canvas.stringWidth(longer, font, size) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines


def _paragraph(
    canvas: Canvas, words: str, y: float, *, font: str = FONT, size: float = 11
) -> float:  # fmt: skip
    canvas.setFont(font, size)
    for line in _wrapped(canvas, words, A4[0] - 2 * LEFT, font, size):
        canvas.drawString(LEFT, y, line)
        y -= size * 1.45
    return float(y - 2 * mm)


def _square(canvas: Canvas, address: str, x: float, y: float, side: float) -> None:
    """A QR code, drawn as squares."""
    rows = [list(row) for row in segno.make(address, error="m").matrix]
    step = side / len(rows)
    for down, row in enumerate(rows):
        for right, dark in enumerate(row):
            if dark:
                canvas.rect(
                    x + right * step, y + side - (down + 1) * step, step, step, stroke=0, fill=1
                )


def code_letters(
    batch: PrintedBatch, *, city: str, title: str, address: str, closes: str
) -> bytes:  # fmt: skip
    """One letter a page: the addressee in the window, the code, what it is for and how to vote."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(printable(f"{title}: {batch.label}"))
    for code, addressee in batch.codes:
        canvas.setFont(FONT, 9)
        canvas.drawString(LEFT, TOP, printable(city))
        canvas.setFont(FONT, 11)
        for place, line in enumerate(addressee.lines):
            canvas.drawString(LEFT, TOP - 18 * mm - place * LINE, printable(line))
        y = _paragraph(canvas, title, TOP - 62 * mm, font=STRONG, size=17)
        y = _paragraph(canvas, _("Your code to vote. It works once, and only for you."), y)
        canvas.setFont(FIXED, 26)
        canvas.drawString(LEFT, y - 9 * mm, spoken_code(code))
        _square(canvas, address, A4[0] - LEFT - 32 * mm, y - 18 * mm, 32 * mm)
        y -= 26 * mm
        y = _paragraph(canvas, _("Vote on: %(address)s", address=address), y, font=STRONG)
        for words in (
            _("You can change your ballot until %(closes)s.", closes=closes),
            _(
                "Keep this letter closed to others: whoever has the code can vote in your place. "
                "The city keeps no copy of it and does not ask for it by telephone or e-mail."
            ),
            _(
                "After voting you get a receipt. With it you find your ballot in the list that is "
                "published after the vote. Nobody can see from that list who cast which ballot."
            ),
        ):
            y = _paragraph(canvas, words, y)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def paper_ballot(
    *, city: str, title: str, options: Sequence[Mapping[str, Any]], instruction: str
) -> bytes:
    """A ballot on paper: the numbers and names of the ideas, a box beside each."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(printable(title))
    y = _head_of_ballot(canvas, city, title, instruction)
    for option in options:
        if y < 25 * mm:
            canvas.showPage()
            y = _head_of_ballot(canvas, city, title, instruction)
        canvas.rect(LEFT, y - 1 * mm, 6 * mm, 6 * mm)
        canvas.setFont(STRONG, 11)
        canvas.drawString(LEFT + 10 * mm, y, str(option["number"]))
        canvas.setFont(FONT, 11)
        lines = _wrapped(canvas, str(option["title"]), A4[0] - 2 * LEFT - 52 * mm, FONT, 11)
        for place, line in enumerate(lines):
            canvas.drawString(LEFT + 20 * mm, y - place * LINE, line)
        canvas.drawRightString(A4[0] - LEFT, y, f"{option['cost']:,}".replace(",", " "))
        y -= max(len(lines), 1) * LINE + 4.5 * mm
    canvas.save()
    return out.getvalue()


def _head_of_ballot(canvas: Canvas, city: str, title: str, instruction: str) -> float:
    canvas.setFont(FONT, 9)
    canvas.drawString(LEFT, TOP, printable(city))
    y = _paragraph(canvas, title, TOP - 10 * mm, font=STRONG, size=16)
    return float(_paragraph(canvas, instruction, y) - 4 * mm)
