"""A plain grid of counts with labels, as it comes from a CSV file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.indicators.panel import DataRefused

Counts = NDArray[np.int64]
MOST_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts in rows and columns; totals are not part of it."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Counts

    @classmethod
    def read(cls, path: Path) -> CountTable:
        """Read a CSV file: the header row and the first column are labels, the rest counts."""
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
        if len(lines) < 2 or len(lines[0]) < 2:
            raise DataRefused(f"{path.name} has no counts: a header row, then label and counts.")
        wrong = [n for n, line in enumerate(lines, start=1) if len(line) != len(lines[0])]
        if wrong:
            raise DataRefused(f"{path.name}, row {wrong[0]}: not as many cells as the header.")
        counts = [[_count(cell, path.name) for cell in line[1:]] for line in lines[1:]]
        return cls(
            tuple(line[0].strip() for line in lines[1:]),
            tuple(name.strip() for name in lines[0][1:]),
            checked(np.array(counts, dtype=np.int64)),
        )


def checked(counts: Counts) -> Counts:
    """Refuse what is no table of counts."""
    if counts.ndim != 2 or not counts.size:
        raise DataRefused("A table of counts has rows and columns.")
    if counts.size > MOST_CELLS:
        raise DataRefused(f"A table has at most {MOST_CELLS} cells; this one has {counts.size}.")
    if counts.min() < 0:
        raise DataRefused("A count is not negative.")
    return counts


def _count(cell: str, name: str) -> int:
    text = cell.strip()
    if not text.isdecimal() or len(text) > 15:
        raise DataRefused(f"{name}: {cell!r} is not a count.")
    return int(text)
