"""From units of measurement to one scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.indicators.panel import DataRefused, Floats
from ml.indicators.ranking import rank_ascending
from ml.indicators.structure import Node

# Name → the numbers that may follow it after colons, with their defaults.
METHODS: dict[str, tuple[float, ...]] = {
    "minmax": (0.0, 100.0),
    "zscore": (0.0, 1.0),
    "rank": (),
    "borda": (),
    "percentile-rank": (),
    "goalposts": (1.0,),
    "distance-to-max": (),
    "distance-to-target": (),
    "distance-to-target-capped": (),
    "none": (),
}
_ALIASES = {
    "z": "zscore",
    "prank": "percentile-rank",
    "dist2max": "distance-to-max",
    "dist2targ": "distance-to-target",
    "distance": "distance-to-target",
}
_ALONE = frozenset({"goalposts", "none"})  # need no other unit to compare with


@dataclass(frozen=True, slots=True)
class Normalisation:
    """A method with its numbers, as written ``minmax:0:100``.

    Examples
    --------
    >>> Normalisation.parse("zscore:10:2")
    Normalisation(method='zscore', numbers=(10.0, 2.0))
    """

    method: str
    numbers: tuple[float, ...]

    @classmethod
    def parse(cls, text: str) -> Normalisation:
        """Read a method and its numbers; refuse what is unknown."""
        name, *given = text.split(":")
        method = _ALIASES.get(name, name)
        if method not in METHODS:
            raise DataRefused(f"Normalise by one of {', '.join(METHODS)}; not by {name!r}.")
        defaults = METHODS[method]
        try:
            numbers = tuple(float(number) for number in given) or defaults
        except ValueError:
            raise DataRefused(f"What follows {method} must be numbers: {text!r}.") from None
        if len(numbers) != len(defaults) or not np.all(np.isfinite(numbers)):
            raise DataRefused(f"{method} takes {len(defaults)} numbers: {text!r}.")
        if (method == "minmax" and numbers[0] >= numbers[1]) or (
            method in {"zscore", "goalposts"} and numbers[-1] <= 0
        ):
            raise DataRefused(f"{text!r} is not a scale.")
        return cls(method, numbers)

    def check_units(self, units: int) -> None:
        """Refuse to compare a single unit with itself."""
        if units > 1 or self.method in _ALONE:
            return
        if self.method == "zscore":
            raise DataRefused(
                "A z-score says how many standard deviations a city stands from the mean of all;"
                " with one city there is no mean of others and no deviation. Use goalposts."
            )
        raise DataRefused(
            f"{self.method} compares units with each other, and there is one. Use goalposts."
        )

    def __call__(self, values: Floats, node: Node) -> Floats:
        """Normalise one indicator: higher is better in the outcome, whatever it was before."""
        if self.method == "goalposts":
            return _goalposts(values, node) * self.numbers[0]
        if self.method.startswith("distance-to-target"):
            reached = _to_target(values, node)
            ceiling = 1.0 if self.method.endswith("capped") else np.inf
            found: Floats = np.clip(reached, -np.inf, ceiling)
            return found
        turned = values * node.direction
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self._panel(turned)
        found[~np.isfinite(found)] = np.nan
        return found

    def _panel(self, x: Floats) -> Floats:
        known = ~np.isnan(x)
        n = int(known.sum())
        if n == 0 or self.method == "none":
            return x.copy()
        low, high = np.nanmin(x), np.nanmax(x)
        if self.method == "minmax":
            first, last = self.numbers
            return (x - low) / (high - low) * (last - first) + first
        if self.method == "zscore":
            mean, deviation = self.numbers
            spread = x[known].std(ddof=1) if n > 1 and high > low else np.nan
            scaled: Floats = (x - x[known].mean()) / spread * deviation + mean
            return scaled
        if self.method == "distance-to-max":
            return 1 - (high - x) / (high - low)
        ranks = rank_ascending(x)
        if self.method == "rank":
            return ranks
        return ranks - 1 if self.method == "borda" else (ranks - 1) / (n - 1)


def _goalposts(values: Floats, node: Node) -> Floats:
    if node.lower is None or node.upper is None:
        raise DataRefused(f"{node.code} has no goalposts (lower and upper).")
    x, lower, upper = values, node.lower, node.upper
    if node.transform == "ln":
        if lower <= 0 or np.any(values[~np.isnan(values)] <= 0):
            raise DataRefused(f"The logarithm of {node.code} needs values and goalposts above 0.")
        x, lower, upper = np.log(values), float(np.log(lower)), float(np.log(upper))
    share = (x - lower) / (upper - lower) if node.direction > 0 else (upper - x) / (upper - lower)
    return np.clip(share, 0.0, 1.0)


def _to_target(values: Floats, node: Node) -> Floats:
    if node.target is None:
        raise DataRefused(f"{node.code} has no target.")
    if np.all(np.isnan(values)):
        return values.copy()
    # The worst value counts as nothing, the target as everything.
    worst = np.nanmin(values) if node.direction > 0 else np.nanmax(values)
    if worst == node.target:
        raise DataRefused(f"The target of {node.code} is its worst value: there is no distance.")
    return (values - worst) / (node.target - worst)
