"""Units by columns, as they come from a CSV file: what an index is built from."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MISSING = frozenset({"", "na", "nan", "null", ":"})


class DataRefused(ValueError):
    """The data or the request cannot give an honest figure; the message says why."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Units (cities, districts, years) and their columns, as text until a number is asked for.

    Parameters
    ----------
    units : tuple of str
        Names of the units, each once.
    columns : mapping of str to tuple of str
        For each column its cells in the order of the units; empty where a value is missing.

    Examples
    --------
    >>> panel = Panel.of(["a", "b"], {"x": [1.0, None], "area": ["north", "south"]})
    >>> panel.numbers("x").tolist(), panel.texts("area")
    ([1.0, nan], ('north', 'south'))
    """

    units: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, units: Sequence[str], columns: Mapping[str, Sequence[str | float | None]]) -> Panel:
        """Make a panel of plain values; None and NaN are missing."""
        texts = {
            name: tuple("" if cell is None else str(cell) for cell in cells)
            for name, cells in columns.items()
        }
        for name, cells in texts.items():
            if len(cells) != len(units):
                raise DataRefused(f"Column {name} has {len(cells)} values for {len(units)} units.")
        if not units:
            raise DataRefused("There is no unit in the data.")
        repeated = sorted({unit for unit in units if list(units).count(unit) > 1})
        if repeated:
            raise DataRefused(f"These units stand in the data more than once: {repeated[:5]}.")
        return cls(tuple(units), texts)

    @classmethod
    def read(cls, path: Path) -> Panel:
        """Read a CSV file whose first column is called ``unit``."""
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
        if not rows or "unit" not in rows[0]:
            raise DataRefused(f"{path.name} has no column called unit.")
        header = [name.strip() for name in rows[0]]
        if len(set(header)) != len(header):
            raise DataRefused(f"{path.name} names a column twice.")
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(header):
                raise DataRefused(
                    f"{path.name}, row {number}: {len(row)} cells, not {len(header)}."
                )
        columns = {
            name: [row[place].strip() for row in rows[1:]] for place, name in enumerate(header)
        }
        return cls.of(columns.pop("unit"), columns)

    def numbers(self, code: str) -> Floats:
        """Return a column as numbers, NaN where a value is missing."""
        values = np.full(len(self.units), np.nan)
        for place, cell in enumerate(self.texts(code)):
            if cell.strip().lower() in MISSING:
                continue
            try:
                values[place] = float(cell)
            except ValueError:
                unit = self.units[place]
                raise DataRefused(f"{code} of {unit} is not a number: {cell!r}.") from None
            if not np.isfinite(values[place]):
                raise DataRefused(f"{code} of {self.units[place]} is not a finite number.")
        return values

    def texts(self, code: str) -> tuple[str, ...]:
        """Return a column as it stands."""
        if code not in self.columns:
            raise DataRefused(f"The data have no column {code}.")
        return self.columns[code]
