"""All participation metrics of a period, from arrays of events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ml.indicators.panel import Floats
from ml.indicators.participation import concentration, continuity
from ml.indicators.participation.diversity import diversity
from ml.indicators.participation.rates import rate_per_1000, wilson
from ml.indicators.participation.representativeness import Likeness, likeness
from ml.indicators.participation.survival import Survival

Integers = NDArray[np.int64]
ATTRIBUTES = ("district", "age", "sex")


@dataclass(frozen=True)
class Events:
    """What happened in a period, as plain arrays.

    Parameters
    ----------
    citizen, domain : array of int
        For each contribution who made it and what it is about; -1 where that is not known.
    population : int
        Residents who could have taken part.
    groups : mapping of str to (levels, participants, population)
        For each attribute its levels, how many participants told each, and how many residents
        there are of each.
    waits, answered : array
        For each thing to be answered its days until the answer or until now, and whether it came.
    strangers : mapping of str to int
        For each attribute how many told a group that the census does not have; they count as not
        told.
    """

    citizen: Integers
    domain: Integers
    population: int
    groups: Mapping[str, tuple[tuple[str, ...], Floats, Floats]]
    waits: Floats
    answered: NDArray[np.bool_]
    strangers: Mapping[str, int] = field(default_factory=dict)

    @property
    def per_person(self) -> Integers:
        """How often each participant contributed."""
        times = np.bincount(self.citizen[self.citizen >= 0])
        found: Integers = times[times > 0].astype(np.int64)
        return found

    def likeness(self, attribute: str) -> Likeness:
        """Participants beside the population on one attribute."""
        return likeness(*self.groups[attribute])


def measure(events: Events) -> dict[str, object]:
    """All metrics, in the form that `vox indicators participation` prints.

    Shares are among those who told, logarithms natural unless the name says base 2, times in days;
    the rate and its interval are per thousand residents. What cannot be computed is None.
    """
    return {
        "participation": _participation(events),
        "representativeness": {a: events.likeness(a).as_json() for a in events.groups},
        "diversity": {a: diversity(events.groups[a][1]) for a in events.groups},
        "concentration": _concentration(events.per_person),
        "flexibility": _flexibility(events),
        "responsiveness": _responsiveness(events),
    }


def _participation(events: Events) -> dict[str, object]:
    per_person = events.per_person
    participants = len(per_person)
    low, high = wilson(participants, events.population)
    return {
        "population": events.population,
        "participants": participants,
        "rate_per_1000": rate_per_1000(participants, events.population),
        "wilson95": [1000 * low, 1000 * high],
        "contributions": len(events.citizen),
        "median_per_participant": float(np.median(per_person)) if participants else None,
    }


def _concentration(per_person: Integers) -> dict[str, float | None]:
    return {
        "gini": known(concentration.gini(per_person)),
        "top1_share": known(concentration.top_share(per_person, 1)),
        "top10_share": known(concentration.top_share(per_person, 10)),
        "one_time_share": known(concentration.one_time_share(per_person)),
    }


def _flexibility(events: Events) -> float | None:
    both = (events.citizen >= 0) & (events.domain >= 0)
    return known(continuity.flexibility(events.citizen[both], events.domain[both]))


def _responsiveness(events: Events) -> dict[str, float | None]:
    if not len(events.waits):
        names = ("km_median_days", "km_share_30d", "answered_only_median_days", "rmst_60d")
        return dict.fromkeys(names)
    curve = Survival.of(events.waits, events.answered)
    ended = events.waits[events.answered]
    return {
        "km_median_days": curve.quantile(0.5),
        "km_share_30d": 1 - curve.at(30.0),
        "answered_only_median_days": float(np.median(ended)) if len(ended) else None,
        "rmst_60d": curve.restricted_mean(60.0),
    }


def known(value: float) -> float | None:
    """None for what could not be computed."""
    return None if np.isnan(value) else value
