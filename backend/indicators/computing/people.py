"""Who took part: figures about people, all computed from what the gate let through."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backend.indicators.computing.values import (
    FEW,
    NOT_MEASURED,
    SUPPRESSED,
    Found,
    share,
    wilson,
)
from backend.indicators.gate import enough_people, is_split, published_count, published_table

Array = np.ndarray[Any, Any]
ATTRIBUTES = ("district", "age", "sex")
DRAWS = 400


@dataclass(frozen=True)
class People:
    """The participants of a period (a row a contribution) and what they told of themselves."""

    who: Array
    domains: Array
    before: Array
    profiles: Mapping[int, Mapping[str, str | None]]
    population: Mapping[str, Mapping[str, int]]  # attribute → level → residents of 15 and older
    residents: int
    found: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def participants(self) -> int:
        """How many different people."""
        return len(np.unique(self.who))

    def table(self, attribute: str) -> dict[str, int | None]:
        """Participants by an attribute among those who told it, as it may be shown."""
        if attribute not in self.found:
            told = Counter(
                level
                for person in np.unique(self.who).tolist()
                if (level := self.profiles.get(person, {}).get(attribute))
            )
            levels = self.population.get(attribute, {})
            self.found[attribute] = published_table({level: told[level] for level in levels})
        table: dict[str, int | None] = self.found[attribute]
        return table


Measure = Callable[[People], Found]


def rate(people: People) -> Found:
    """Participants for each 1,000 residents, from the protected count."""
    if not people.residents:
        return NOT_MEASURED
    shown = published_count(people.participants)
    if shown is None:
        return SUPPRESSED
    low, high = wilson(shown, people.residents, 1000.0)
    return Found(1000.0 * shown / people.residents, shown, low, high)


def district_rate(people: People, district: str) -> Found:
    """The rate of one district, from the protected table of all."""
    residents = people.population.get("district", {}).get(district, 0)
    shown = people.table("district").get(district, 0)
    if not residents:
        return NOT_MEASURED
    if shown is None:
        return SUPPRESSED
    low, high = wilson(shown, residents, 1000.0)
    return Found(1000.0 * shown / residents, shown, low, high)


def _whole(part: int, whole: int) -> Found:
    """A share of people: of enough of them, neither nobody nor everybody, to the whole percent."""
    if not enough_people(whole):
        return SUPPRESSED
    if not is_split(part, whole):
        return SUPPRESSED
    return replace(share(part, whole, 1), n=published_count(whole))


def continuity(people: People) -> Found:
    """The share of participants who had taken part in the period before."""
    now = np.unique(people.who)
    return _whole(int(np.isin(now, people.before).sum()), len(now))


def _each(people: People) -> Array:
    return np.sort(np.unique(people.who, return_counts=True)[1])


def _top_share(counts: Array) -> float:
    top = max(1, round(len(counts) / 10))
    return 100.0 * float(counts[-top:].sum()) / float(counts.sum())


def _drawn(values: Array, of: Callable[[Array], float]) -> tuple[float, float]:
    """The middle 95 % of a figure when people are drawn again and again (bootstrap)."""
    dice = np.random.default_rng(len(values))
    found = [of(np.sort(dice.choice(values, len(values)))) for _n in range(DRAWS)]
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)


def top_share(people: People) -> Found:
    """The share of contributions of the most active tenth."""
    counts = _each(people)
    if not enough_people(len(counts)):
        return SUPPRESSED
    return Found(_top_share(counts), published_count(len(counts)), *_drawn(counts, _top_share))


def cv_propensity(people: People) -> Found:
    """How much the rate differs between districts, from the protected counts."""
    residents = people.population.get("district", {})
    shown = {d: n for d, n in people.table("district").items() if n is not None and residents[d]}
    if len(shown) < 3 or not sum(shown.values()):
        return SUPPRESSED
    total = sum(residents[d] for d in shown)
    average = sum(shown.values()) / total
    spread = sum(residents[d] * (n / residents[d] - average) ** 2 for d, n in shown.items())
    value = math.sqrt(spread / (total - 1)) / average
    return Found(value, published_count(sum(shown.values())))


def _likeness(people: People, attribute: str) -> Found:
    """100 less the dissimilarity of participants and population, from the protected counts."""
    residents = people.population.get(attribute, {})
    shown = {name: n for name, n in people.table(attribute).items() if n is not None}
    if len(shown) < 2 or not sum(shown.values()):
        return SUPPRESSED
    here, there = sum(shown.values()), sum(residents[name] for name in shown)
    apart = 0.5 * sum(abs(n / here - residents[name] / there) for name, n in shown.items())
    return Found(100.0 * (1 - apart), published_count(here))


def _by_person(people: People) -> list[Counter[str]]:
    """How many contributions each person with two or more has in each domain."""
    order = np.argsort(people.who, kind="stable")
    who, domains = people.who[order], people.domains[order]
    starts = np.nonzero(np.diff(who, prepend=who[:1] - 1))[0]
    found = [Counter(part.tolist()) for part in np.split(domains, starts[1:])] if len(who) else []
    return [counts for counts in found if counts.total() >= 2]


def cross_domain(people: People) -> Found:
    """The share of people with several contributions who are active in several domains."""
    several = _by_person(people)
    return _whole(sum(1 for counts in several if len(counts) >= 2), len(several))


def domain_diversity(people: People) -> Found:
    """The chance that two contributions of one person lie in different domains, averaged."""
    several = _by_person(people)
    if not enough_people(len(several)):
        return SUPPRESSED
    values = np.array([_pie(counts) for counts in several])
    return Found(
        float(values.mean()),
        published_count(len(several)),
        *_drawn(values, lambda drawn: float(drawn.mean())),
    )


def _pie(counts: Counter[str]) -> float:
    n = counts.total()
    return 1.0 - sum(k * (k - 1) for k in counts.values()) / (n * (n - 1))


MEASURES: Mapping[str, Measure] = {
    "participation_rate": rate,
    "continuity": continuity,
    "top10_share": top_share,
    "cv_propensity": cv_propensity,
    "even_age": lambda people: _likeness(people, "age"),
    "even_sex": lambda people: _likeness(people, "sex"),
    "even_district": lambda people: _likeness(people, "district"),
    "cross_domain": cross_domain,
    "domain_diversity": domain_diversity,
}
__all__ = ["ATTRIBUTES", "FEW", "MEASURES", "People", "district_rate"]
