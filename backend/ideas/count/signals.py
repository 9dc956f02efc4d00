"""The ballot check: what looks unlike many people choosing for themselves.

Signals for people to look at, never proof: a family, a school class or one leaflet makes equal
ballots too, and a small district many by nature.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log
from statistics import median
from typing import Any

from backend.ideas.count.election import ORDINAL, Election

LEAST_ALIKE = 5
LEAST_CHOICES = 2
CHANCE = 0.001


@dataclass(frozen=True)
class Cluster:
    """Ballots that say the same: how many there are, and how many were to be expected."""

    choices: tuple[str, ...]
    ballots: int
    expected: float
    chance: float


@dataclass(frozen=True)
class Burst:
    """A span of time with more marks than its surroundings let expect."""

    span: Any
    marks: int
    expected: float
    chance: float


def clusters(election: Election, *, chance: float = CHANCE) -> list[Cluster]:
    """Sets of choices that occur far more often than choosing one by one would make them.

    What to expect is read from the ballots of the same length: from all of them, and, without the
    cluster, from those that share its rarest choice, who are its neighbours; the larger counts.
    Where hardly anybody else made so many choices, it is read from the votes for each project.
    `chance` is what is left after allowing for the number of different ballots.
    """
    alike: dict[tuple[int, ...], int] = {}
    for ballot, count in election.ballots:
        key = ballot.choices if election.kind == ORDINAL else tuple(sorted(ballot.choices))
        alike[key] = alike.get(key, 0) + count
    by_length: dict[int, dict[tuple[int, ...], int]] = {}
    for key, count in alike.items():
        by_length.setdefault(len(key), {})[key] = count
    found = []
    for key, count in alike.items():
        if count < LEAST_ALIKE or len(key) < LEAST_CHOICES:
            continue
        expected = _expected(key, count, by_length[len(key)], election.kind == ORDINAL)
        if sum(by_length[len(key)].values()) < 2 * count:  # hardly anybody else chose so many
            expected = _by_itself(key, alike)
        tail = min(1.0, poisson_tail(count, expected) * len(alike))
        if tail < chance:
            names = tuple(election.projects[at].id for at in key)
            found.append(Cluster(names, count, expected, tail))
    return sorted(found, key=lambda cluster: (cluster.chance, -cluster.ballots, cluster.choices))


def _expected(
    key: tuple[int, ...], count: int, others: Mapping[tuple[int, ...], int], ranked: bool
) -> float:
    rest = {other: number for other, number in others.items() if other != key}
    votes = _votes(rest)
    rarest = min(key, key=lambda at: (votes.get(at, 0), at))
    near = {other: number for other, number in rest.items() if rarest in other}
    orders = 1.0
    if ranked:
        for place in range(2, len(key) + 1):
            orders *= place
    everywhere = _chosen_so(key, others, ())
    nearby = _chosen_so(key, near, (rarest,))
    total = sum(rest.values()) + count
    close = sum(near.values()) + count
    return max(total * everywhere, close * nearby if near else 0.0) / orders


def _by_itself(key: tuple[int, ...], alike: Mapping[tuple[int, ...], int]) -> float:
    """How many such ballots there would be if everybody chose or left each project for itself."""
    votes, total = _votes(alike), sum(alike.values())
    logs = [
        log((votes[at] if at in key else total - votes[at]) / total)
        for at in votes
        if votes[at] < total
    ]
    return total * exp(fsum(logs))


def _votes(ballots: Mapping[tuple[int, ...], int]) -> dict[int, int]:
    votes: dict[int, int] = {}
    for key, count in ballots.items():
        for at in key:
            votes[at] = votes.get(at, 0) + count
    return votes


def _chosen_so(
    key: tuple[int, ...], ballots: Mapping[tuple[int, ...], int], given: tuple[int, ...]
) -> float:
    """The chance of this set among sets of its size, if each further choice were made for itself:
    the product of the odds over the sum of all such products."""
    votes = _votes(ballots)
    total = sum(ballots.values()) + 1
    open_ = [at for at in {*votes, *key} if at not in given]
    odds = {at: (votes.get(at, 0) + 0.5) / max(total - votes.get(at, 0), 0.5) for at in open_}
    wanted = len(key) - len(given)
    sums = [1.0] + [0.0] * wanted
    for value in odds.values():
        for size in range(wanted, 0, -1):
            sums[size] += sums[size - 1] * value
    product = exp(fsum(log(odds[at]) for at in key if at not in given))
    return product / sums[wanted]


def poisson_tail(count: int, expected: float) -> float:
    """The chance of so many or more where so many are expected."""
    if count <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    term, terms = -expected, []
    for number in range(count):
        if number:
            term += log(expected) - log(number)
        terms.append(term)
    below = fsum(exp(value) for value in terms)
    if below < 0.999999:
        return 1.0 - below
    # Far out in the tail the sum from above is exact enough, and small.
    term += log(expected) - log(count)
    tail, number = 0.0, count
    while True:
        step = exp(term)
        tail += step
        number += 1
        term += log(expected) - log(number)
        if step < tail * 1e-12 or step == 0.0:
            return tail


def bursts(
    marks: Sequence[tuple[Any, int]], *, around: int = 3, chance: float = CHANCE
) -> list[Burst]:
    """Spans of time with more marks of having voted than the spans around them let expect.

    `marks` are (name of the span, how many) in order; coarse spans, and marks only: nothing here
    knows a choice. Also for letters' codes by street or desk, with `around` set to all.
    """
    found = []
    for at, (span, count) in enumerate(marks):
        near = [n for _, n in (*marks[max(0, at - around) : at], *marks[at + 1 : at + 1 + around])]
        if not near or count < LEAST_ALIKE:
            continue
        expected = max(float(median(near)), 1.0)
        tail = min(1.0, poisson_tail(count, expected) * len(marks))
        if tail < chance:
            found.append(Burst(span, count, expected, tail))
    return sorted(found, key=lambda burst: burst.chance)
