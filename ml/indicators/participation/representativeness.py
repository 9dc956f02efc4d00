"""How alike the participants are to the city's population, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.indicators.panel import DataRefused, Floats


@dataclass(frozen=True)
class Likeness:
    """Participants beside the population on one attribute.

    Parameters
    ----------
    levels : tuple of str
        The groups, by name.
    participants, population : array of float
        How many of each group take part, of those who told, and how many live in the city.

    Examples
    --------
    >>> age = Likeness(("14-29", "30+"), np.array([60.0, 40.0]), np.array([2000.0, 8000.0]))
    >>> [round(r, 6) for r in age.ratio], age.gap_pp, round(age.dissimilarity, 6)
    ([3.0, 0.5], [40.0, -40.0], 0.4)
    """

    levels: tuple[str, ...]
    participants: Floats
    population: Floats

    def __post_init__(self) -> None:
        if not len(self.levels) == len(self.participants) == len(self.population):
            raise DataRefused("Groups, participants and population have the same length.")
        if len(self.levels) and (self.population <= 0).any():
            raise DataRefused("Every group needs a population above zero.")

    @property
    def shares(self) -> tuple[Floats, Floats]:
        """Shares of the groups among participants and in the population."""
        return self.participants / self.participants.sum(), self.population / self.population.sum()

    @property
    def told(self) -> int:
        """How many participants told their group."""
        return int(self.participants.sum())

    @property
    def ratio(self) -> list[float]:
        """Share among participants over share in the city: 1 where they are alike."""
        p, q = self.shares
        return [float(x) for x in p / q]

    @property
    def gap_pp(self) -> list[float]:
        """Share among participants less share in the city, in percentage points."""
        p, q = self.shares
        return [float(x) for x in np.round(100 * (p - q), 12)]

    @property
    def dissimilarity(self) -> float:
        """Share of participants who would have to belong to another group."""
        p, q = self.shares
        return float(np.abs(p - q).sum() / 2)

    @property
    def cv_propensity(self) -> float:
        """Coefficient of variation of the groups' propensities to take part."""
        rates = self.participants / self.population
        n = self.population.sum()
        mean = self.participants.sum() / n
        spread = (self.population * (rates - mean) ** 2).sum() / (n - 1)
        return float(np.sqrt(spread) / mean)

    @property
    def chi2(self) -> float:
        """Pearson's statistic of participants against the city's shares."""
        p, q = self.shares
        return float(self.participants.sum() * ((p - q) ** 2 / q).sum())

    @property
    def kl(self) -> float:
        """Kullback and Leibler's divergence from the city to the participants, in nats."""
        return _divergence(*self.shares)

    @property
    def js_base2(self) -> float:
        """Jensen and Shannon's divergence in bits, from 0 (alike) to 1 (nothing in common)."""
        p, q = self.shares
        middle = (p + q) / 2
        nats = (_divergence(p, middle) + _divergence(q, middle)) / 2
        return float(max(0.0, nats) / np.log(2))

    def as_json(self) -> dict[str, object]:
        """All of it; null where nobody told."""
        if not self.told:
            names = ("ratio", "gap_pp")
            single = ("dissimilarity_D", "cv_propensity", "chi2", "kl", "js_base2")
            empty: dict[str, object] = {name: [None] * len(self.levels) for name in names}
            return {"levels": list(self.levels), **empty, **dict.fromkeys(single)}
        return {
            "levels": list(self.levels),
            "ratio": self.ratio,
            "gap_pp": self.gap_pp,
            "dissimilarity_D": self.dissimilarity,
            "cv_propensity": self.cv_propensity,
            "chi2": self.chi2,
            "kl": self.kl,
            "js_base2": self.js_base2,
        }


def _divergence(p: Floats, q: Floats) -> float:
    there = p > 0
    return float((p[there] * np.log(p[there] / q[there])).sum())


def likeness(
    levels: Sequence[str],
    participants: Sequence[float] | Floats,
    population: Sequence[float] | Floats,
) -> Likeness:
    """Compare participants with the population, group by group."""
    return Likeness(
        tuple(levels), np.asarray(participants, dtype=float), np.asarray(population, dtype=float)
    )
