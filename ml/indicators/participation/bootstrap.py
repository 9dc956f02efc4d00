"""How far the metrics would move if other citizens like these had taken part.

Citizens are drawn with replacement. What a metric needs of them is in how many of each kind were
drawn, so that a draw is one multinomial, however many citizens there are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ml.indicators.panel import Floats
from ml.indicators.participation import concentration, continuity
from ml.indicators.participation.measures import Events
from ml.indicators.participation.representativeness import Likeness

Interval = list[float | None]


def intervals(events: Events, draws: int = 1000, seed: int = 1) -> dict[str, object]:
    """95 % intervals of dissimilarity, variation, concentration and flexibility.

    Parameters
    ----------
    events : Events
        What happened.
    draws : int, default=1000
        How often citizens are drawn.
    seed : int, default=1
        The same seed gives the same intervals.
    """
    rng = np.random.default_rng(seed)
    return {
        "representativeness": {
            attribute: _of_groups(events.likeness(attribute), draws, rng)
            for attribute in events.groups
        },
        "concentration": _of_activity(events, draws, rng),
        "flexibility": _of_flexibility(events, draws, rng),
    }


def percentile_interval(values: Floats) -> Interval:
    """The middle 95 % of the draws; null where no draw gave a value.

    Examples
    --------
    >>> percentile_interval(np.arange(1001.0))
    [25.0, 975.0]
    """
    found = values[~np.isnan(values)]
    return [float(x) for x in np.percentile(found, [2.5, 97.5])] if len(found) else [None, None]


def _of_groups(found: Likeness, draws: int, rng: np.random.Generator) -> dict[str, Interval]:
    if not found.told:
        return {"dissimilarity_D": [None, None], "cv_propensity": [None, None]}
    drawn = rng.multinomial(found.told, found.shares[0], size=draws).astype(float)
    again = [Likeness(found.levels, counts, found.population) for counts in drawn]
    return {
        "dissimilarity_D": percentile_interval(np.array([a.dissimilarity for a in again])),
        "cv_propensity": percentile_interval(np.array([a.cv_propensity for a in again])),
    }


def _of_activity(events: Events, draws: int, rng: np.random.Generator) -> dict[str, Interval]:
    values, times = np.unique(events.per_person, return_counts=True)
    measures: dict[str, Callable[[concentration.Integers], float]] = {
        "gini": lambda m: concentration.gini(values, m),
        "top1_share": lambda m: concentration.top_share(values, 1, m),
        "top10_share": lambda m: concentration.top_share(values, 10, m),
        "one_time_share": lambda m: concentration.one_time_share(values, m),
    }
    if not len(values):
        return {name: [None, None] for name in measures}
    drawn = rng.multinomial(int(times.sum()), times / times.sum(), size=draws)
    return {
        name: percentile_interval(np.array([each(m) for m in drawn]))
        for name, each in measures.items()
    }


def _of_flexibility(events: Events, draws: int, rng: np.random.Generator) -> Interval:
    both = (events.citizen >= 0) & (events.domain >= 0)
    several, crossing = continuity.flexibility_groups(events.citizen[both], events.domain[both])
    if not several:
        return [None, None]
    return percentile_interval(rng.binomial(several, crossing / several, size=draws) / several)
