"""Reports that nobody else sends."""

from __future__ import annotations


def text_of(number: int) -> str:
    """What is wrong."""
    return f"The lamp at number {number} has been dark for a week."


def place_of(number: int) -> tuple[float, float]:
    """Where, as longitude and latitude."""
    return round(4.9 + number * 1e-5, 6), 52.37


def body_of(number: int) -> dict[str, object]:
    """A whole report, as an app sends it."""
    place = {"type": "Point", "coordinates": list(place_of(number))}
    return {"kind": "complaint", "text": text_of(number), "place": place}
