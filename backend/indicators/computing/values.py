"""A value on its way into the store, and the arithmetic that several measures share."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ml.indicators.participation import rates

Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Found:
    """What a measure found: a value with its interval and number, or why there is none."""

    value: float | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    state: str = "measured"


NOT_MEASURED = Found(state="not_measured")
FEW = Found(state="few")
SUPPRESSED = Found(state="suppressed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One figure of a period: a sub-indicator's, a component's or a domain's."""

    code: str
    level: str
    profile: str
    period: str
    district: str = ""
    value: float | None = None
    score: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    coverage: float | None = None
    state: str = "measured"
    flags: str | None = None
    provenance: str | None = None
    source_period: str | None = None
    inputs_hash: str = ""

    def rounded(self, digits: int) -> "Value":
        """The value as it is published: no digit more than is meant."""

        def cut(number: float | None) -> float | None:
            return None if number is None else round(number, digits)

        return replace(self, value=cut(self.value), low=cut(self.low), high=cut(self.high))


def wilson(part: int, whole: int, scale: float = 1.0) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, on a scale."""
    low, high = rates.wilson(part, whole)
    return scale * low, scale * high


def share(part: int, whole: int, few: int) -> Found:
    """A percentage of reports with its interval; nothing when there are too few."""
    if whole < few:
        return replace(FEW, n=whole)
    low, high = wilson(part, whole, 100.0)
    return Found(100.0 * part / whole, whole, low, high)


def digest(*parts: Any) -> str:
    """A hash of what a value was computed from; arrays by their bytes, the rest as written."""
    made = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray) and part.dtype != object:
            made.update(np.ascontiguousarray(part).tobytes())
        elif isinstance(part, np.ndarray):
            made.update("\x1f".join(str(item) for item in part).encode())
        else:
            made.update(repr(part).encode())
        made.update(b"\x1e")
    return made.hexdigest()


def mean(values: Iterable[float]) -> float:
    """The arithmetic mean."""
    found = list(values)
    return sum(found) / len(found)
