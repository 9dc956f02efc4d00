"""Amounts and points as exact numbers: whole numbers where they are whole, fractions otherwise."""

import re
from fractions import Fraction

Number = int | Fraction

_PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[  ']\d{3})+(?:[.,]\d+)?\Z")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}\Z")
_RATIO = re.compile(r"(\d+)\s*/\s*([1-9]\d*)\Z")


def number(text: str) -> Number:
    """Read an amount as files write it: 1200, 1200.50, 1200,50, 1 200, 1e6; or ValueError."""
    text = text.strip()
    if _GROUPED.match(text):
        text = re.sub(r"[  ']", "", text)
    if not _PLAIN.match(text) and not _SCIENTIFIC.match(text):
        raise ValueError(f"'{text}' is not a number")
    return simplest(Fraction(text.replace(",", ".")))


def share(text: str) -> Fraction:
    """Read a share: 0.05, 5 %, or 1/3; ValueError otherwise."""
    text = text.strip()
    if ratio := _RATIO.match(text):
        return Fraction(int(ratio[1]), int(ratio[2]))
    if text.endswith("%"):
        return Fraction(number(text[:-1])) / 100
    return Fraction(number(text))


def simplest(value: Number) -> Number:
    """A whole number where the value is whole."""
    if isinstance(value, Fraction) and value.denominator == 1:
        return value.numerator
    return value


def plain(value: Number) -> int | float:
    """For JSON: whole as it is, otherwise the nearest decimal."""
    value = simplest(value)
    return value if isinstance(value, int) else float(value)


def written(value: Number) -> str:
    """For files: exact; a decimal where it ends, otherwise a ratio."""
    value = simplest(value)
    if isinstance(value, int):
        return str(value)
    places, rest = 0, value.denominator
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return ("-" if value < 0 else "") + digits[:-places] + "." + digits[-places:]


def read_written(text: str) -> Number:
    """Back from `written`."""
    return simplest(Fraction(text))
