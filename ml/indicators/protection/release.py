"""Where figures may be asked for at all, and noise that is the same for the same people."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ml.indicators.panel import DataRefused

_PERIOD = re.compile(r"\d{4}(-Q[1-4])?")


@dataclass(frozen=True, slots=True)
class ReleaseGrid:
    """The cells for which statistics exist: a quarter or year, a place, at most one attribute.

    There are no other filters, so that no two answers differ by a few people of somebody's choice.

    Examples
    --------
    >>> grid = ReleaseGrid()
    >>> grid.check("2026-Q3", ["district", "age"])
    >>> grid.check("2026-Q3", ["age", "sex"])
    Traceback (most recent call last):
    ml.indicators.panel.DataRefused: At most one of age, domain, kind, sex at a time.
    """

    places: frozenset[str] = frozenset({"district"})
    attributes: frozenset[str] = frozenset({"age", "sex", "domain", "kind"})

    def check(self, period: str, dimensions: Iterable[str]) -> None:
        """Refuse a period or a combination that is not published."""
        if not _PERIOD.fullmatch(period):
            raise DataRefused("Statistics are published for quarters (2026-Q3) and years (2026).")
        asked = list(dimensions)
        unknown = set(asked) - self.places - self.attributes
        if unknown:
            raise DataRefused(f"Statistics are not published by {', '.join(sorted(unknown))}.")
        if len(asked) != len(set(asked)) or len(self.attributes & set(asked)) > 1:
            raise DataRefused(f"At most one of {', '.join(sorted(self.attributes))} at a time.")


def record_key(secret: bytes, citizen: str) -> int:
    """A person's part in the noise of every cell that they are in.

    Examples
    --------
    >>> record_key(b"secret of this release", "citizen-1") < 1 << 64
    True
    """
    return int.from_bytes(hmac.digest(secret, citizen.encode(), "sha256")[:8], "big")


def cell_noise(keys: Iterable[int], spread: int) -> int:
    """Noise of a cell, from -spread to spread, fixed by who is in it.

    The same people give the same noise in every table, so that asking again averages nothing out.

    Examples
    --------
    >>> cell_noise([3, 5, 8], 2) == cell_noise([8, 5, 3], 2)
    True
    """
    total = sum(keys) % (1 << 64)
    drawn = int.from_bytes(hashlib.sha256(total.to_bytes(8, "big")).digest()[:8], "big")
    return drawn % (2 * spread + 1) - spread
