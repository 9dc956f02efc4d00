"""Texts that hold two matters: found by reading each of their clauses by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ml import taxonomy

if TYPE_CHECKING:
    from ml.model import Model

_BREAK = re.compile(
    r"[.!?;:,\n]\s{1,20}|\s[+/&]\s"
    r"|\s(?:and|also|but|plus|en|ook|maar|și|si|iar|dar|und|auch|aber|sowie)\s",
    re.IGNORECASE,
)
LEAST_WHOLE = 0.2  # of the second component in the whole text
LEAST_CLAUSE = 0.5  # of each component in a clause of its own
PLAIN = 0.95  # of a second component in its clause, where the whole text hardly shows it


def clauses(text: str) -> list[str]:
    """Parts of a text that may each hold a matter of their own, at most eight.

    Examples
    --------
    >>> clauses("The lamp is out and the bin is full!")
    ['The lamp is out', 'the bin is full!']
    """
    parts = [part.strip() for part in _BREAK.split(text[:2000])]
    return [part for part in parts if len(part.split()) > 2][:8]


def second_matter(
    model: Model, text: str, main: str, probabilities: NDArray[np.float64]
) -> str | None:
    """Component of a second matter, when one clause speaks of it and another of the main one."""
    parts = clauses(text)
    if len(parts) < 2:
        return None
    codes = taxonomy.component_codes()
    first = codes.index(main)
    found = model.probabilities(parts).components
    own = found[:, first] >= LEAST_CLAUSE
    if not own.any():
        return None
    other = found[~own].max(axis=0, initial=0.0)
    other[first] = 0.0
    rest = np.where(other >= LEAST_CLAUSE, probabilities, 0.0)
    second = int(rest.argmax())
    if rest[second] >= LEAST_WHOLE and second != first:
        return codes[second]
    plainest = int(other.argmax())
    return codes[plainest] if other[plainest] >= PLAIN else None
