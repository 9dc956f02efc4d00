"""The Method of Equal Shares: everybody has the same money and pays only for what they chose.

Voters who have bought the same things have the same money left; they are kept together, so that a
round costs as much as the voters it moves, not as all of them. A round is first looked at with
floating numbers. Whatever these cannot tell apart is settled with whole numbers over a common
denominator, and an exact run keeps such numbers throughout.
"""

import heapq
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Protocol

from backend.ideas.count.election import weights
from backend.ideas.count.money import Number
from backend.ideas.count.state import State

NEAR = 1e-9  # floating numbers closer than this, in proportion, count as not told apart


class Unsure(ArithmeticError):
    """Floating numbers cannot settle this round."""


@dataclass
class Poll:
    """The ballots as the rule needs them; made once, used for every endowment."""

    groups: list[tuple[tuple[int, ...], tuple[int, ...], int]]
    supporters: list[list[int]]
    first: list[dict[int, int]]
    scale: list[int]

    @classmethod
    def of(cls, state: State) -> "Poll":
        """Choices that speak for a project, their weights as whole numbers, how many alike."""
        election, open_ = state.election, set(state.open)
        found: dict[tuple[tuple[int, Number], ...], int] = {}
        for ballot, count in election.ballots:
            worth = zip(ballot.choices, weights(election, ballot), strict=True)
            key = tuple((at, w) for at, w in worth if w > 0 and at in open_)
            if key:
                found[key] = found.get(key, 0) + count
        values = {weight for key in found for _, weight in key}
        shared = lcm(*(Fraction(value).denominator for value in values)) if values else 1
        scale = sorted({int(value * shared) for value in values}) or [1]
        index = {value: at for at, value in enumerate(scale)}
        poll = cls([], [[] for _ in state.costs], [{} for _ in state.costs], scale)
        for key, count in found.items():
            kinds = tuple(index[int(weight * shared)] for _, weight in key)
            poll.groups.append((tuple(at for at, _ in key), kinds, count))
        for group, (choices, kinds, count) in enumerate(poll.groups):
            for at, kind in zip(choices, kinds, strict=True):
                poll.supporters[at].append(group)
                poll.first[at][kind] = poll.first[at].get(kind, 0) + count
        return poll


@dataclass
class Bought:
    """One purchase: the project, and what one unit of weight paid for it."""

    project: int
    price: Fraction | float


@dataclass
class Run:
    """What one endowment buys. `reached` is the share of its cost that a loser's supporters have
    left at the end."""

    endowment: Fraction
    bought: list[Bought] = field(default_factory=list)
    behind: dict[int, float] = field(default_factory=dict)


class Market(Protocol):
    """Voters' money during one run, in whichever numbers."""

    exact: bool

    def behind(self, at: int) -> float:
        """About how much money the supporters of a project have."""

    def price(self, at: int, cost: Number) -> float | None:
        """About what a unit of weight would pay; None if the money does not suffice."""

    def charge(self, at: int, cost: Number) -> Fraction | float:
        """What a unit of weight pays for a project that can be afforded."""

    def exact_price(self, at: int, cost: Number) -> Fraction:
        """Just what a unit of weight pays."""

    def buy(self, at: int, price: Fraction | float, open_: set[int]) -> None:
        """Everybody who chose the project pays; who has nothing left counts no more."""

    def weight(self, at: int) -> int | float:
        """The weight behind a project when everybody has money."""


class Heaps:
    """Voters' money during one run. A heap is voters with the same money; heap 0 has the full
    endowment. `held[p]` counts the supporters of p by (heap, weight), as heap * kinds + kind."""

    def __init__(self, poll: Poll, endowment: Fraction, exact: bool) -> None:
        self.poll, self.exact, self.kinds = poll, exact, len(poll.scale)
        self.held = [dict(first) for first in poll.first]
        self.heap_of = [0] * len(poll.groups)
        self.about = [float(endowment)]
        self.whole, self.unit = [endowment.numerator], endowment.denominator
        self.shared = lcm(*poll.scale)

    def weight(self, at: int) -> int | float:
        """The weight behind a project when everybody has money."""
        return sum(self.poll.scale[kind] * n for kind, n in self.poll.first[at].items())

    def behind(self, at: int) -> float:
        """About how much money the supporters of a project have."""
        kinds, about = self.kinds, self.about
        return sum(about[key // kinds] * count for key, count in self.held[at].items())

    def price(self, at: int, cost: Number) -> float | None:
        """About what a unit of weight would pay; None if the money does not suffice."""
        if not self.affords(at, cost):
            return None
        kinds, about, scale = self.kinds, self.about, self.poll.scale
        held = self.held[at]
        if kinds == 1:
            purses = sorted((about[key], about[key], count, 1) for key, count in held.items())
        else:
            purses = sorted(
                (about[key // kinds] / (w := scale[key % kinds]), about[key // kinds], count, w)
                for key, count in held.items()
            )
        weight = sum(count * w for _, _, count, w in purses)
        owed, paid = float(cost), 0.0
        for most, money, count, w in purses:
            price = (owed - paid) / weight
            if price <= most:
                return price
            paid += money * count
            weight -= count * w
        return purses[-1][0]  # rounding only: everybody gives all they have

    def affords(self, at: int, cost: Number) -> bool:
        """Whether the supporters have the money, exactly where it is close."""
        money = self.behind(at)
        if abs(money - cost) > NEAR * cost:
            return money > cost
        if not self.exact:
            raise Unsure
        kinds, whole = self.kinds, self.whole
        total = sum(whole[key // kinds] * count for key, count in self.held[at].items())
        return total >= cost * self.unit

    def charge(self, at: int, cost: Number) -> Fraction | float:
        """What a unit of weight pays for a project that can be afforded."""
        if not cost:
            return Fraction(0)
        if self.exact:
            return self.exact_price(at, cost)
        price = self.price(at, cost)
        assert price is not None
        return price

    def exact_price(self, at: int, cost: Number) -> Fraction:
        """Just what a unit of weight pays."""
        kinds, scale, shared = self.kinds, self.poll.scale, self.shared
        purses = sorted(
            (self.whole[key // kinds] * (shared // (w := scale[key % kinds])), count, w)
            for key, count in self.held[at].items()
        )
        left = Fraction(cost) * self.unit * shared
        weight = sum(count * w for _, count, w in purses)
        for most, count, w in purses:
            if left <= most * weight:
                break
            left -= most * w * count
            weight -= count * w
        return left / (weight * self.unit * shared)

    def buy(self, at: int, price: Fraction | float, open_: set[int]) -> None:
        """Everybody who chose the project pays; who has nothing left counts no more."""
        kinds, scale = self.kinds, self.poll.scale
        if isinstance(price, Fraction):
            self._refine(price.denominator)
        moved: dict[int, int] = {}
        for group in self.poll.supporters[at]:
            old = self.heap_of[group]
            if old < 0:
                continue
            choices, weighs, count = self.poll.groups[group]
            kind = weighs[choices.index(at)] if kinds > 1 else 0
            key = old * kinds + kind
            if key not in moved:
                moved[key] = self._pay(old, scale[kind], price)
            new = self.heap_of[group] = moved[key]
            for other, k in zip(choices, weighs, strict=True):
                if other not in open_:
                    continue
                held = self.held[other]
                key = old * kinds + k
                rest = held[key] - count
                if rest:
                    held[key] = rest
                else:
                    del held[key]
                if new >= 0:
                    key = new * kinds + k
                    held[key] = held.get(key, 0) + count

    def _pay(self, heap: int, weight: int, price: Fraction | float) -> int:
        """The heap into which voters go who pay; -1 when they have nothing left."""
        if isinstance(price, Fraction):
            left = self.whole[heap] - price.numerator * (self.unit // price.denominator) * weight
            if left <= 0:
                return -1
            self.whole.append(left)
            self.about.append(left / self.unit)
        else:
            rest = self.about[heap] - price * weight
            if rest <= self.about[0] * 1e-12:
                return -1
            self.about.append(rest)
        return len(self.about) - 1

    def _refine(self, denominator: int) -> None:
        """Keep all money in whole numbers of a smaller coin."""
        more = denominator // gcd(self.unit, denominator)
        if more > 1:
            self.whole = [money * more for money in self.whole]
            self.unit *= more


def run_shares(state: State, market: Market, endowment: Fraction) -> Run:
    """One run with this endowment; the state's groups and caps are kept, its budget is not looked
    at. Raises `Unsure` where the market's numbers do not suffice."""
    run = Run(endowment)
    hold = state.rule.caps != "ignore"
    by_cost = state.rule.utility == "cost"
    open_ = {at for at in state.open if state.votes[at]}
    queue = []
    for at in open_:
        weight = float(market.weight(at))
        rate = 1.0 if by_cost else float(state.costs[at])
        queue.append((rate / weight * (1 - NEAR) if state.costs[at] else 0.0, at))
    heapq.heapify(queue)
    while queue:
        tied = _best(state, market, queue, open_, hold)
        if not tied:
            break
        winner = state.first_of(tied)
        price = market.charge(winner, state.costs[winner])
        open_.discard(winner)
        market.buy(winner, price, open_)
        state.take(winner, "shares", payment=float(price), endowment=float(endowment))
        run.bought.append(Bought(winner, price))
    run.behind = {at: market.behind(at) for at in state.open if at not in state.selected}
    return run


def _best(
    state: State, market: Market, queue: list[tuple[float, int]], open_: set[int], hold: bool
) -> list[int]:
    """The projects that give their supporters most for their money. A price never falls while
    money is spent, so that an earlier one is a bound; who cannot be afforded never can again."""
    by_cost = state.rule.utility == "cost"
    best = float("inf")
    found: list[tuple[float, int]] = []
    while queue and queue[0][0] <= best * (1 + NEAR):
        _, at = heapq.heappop(queue)
        if bar := state.barred(at, hold):
            state.reasons[at] = bar
            open_.discard(at)
            continue
        cost = state.costs[at]
        price = market.price(at, cost) if cost else 0.0
        if price is None:
            open_.discard(at)
            continue
        rate = price / float(cost) if by_cost and cost else price
        found.append((rate, at))
        best = min(best, rate)
    near = [at for rate, at in found if rate <= best * (1 + NEAR)]
    tied = _exactly_best(state, market, near) if len(near) > 1 else near
    chosen = state.first_of(tied) if tied else None
    for rate, at in found:
        if at != chosen:
            heapq.heappush(queue, (rate * (1 - NEAR), at))
    return tied


def _exactly_best(state: State, market: Market, near: list[int]) -> list[int]:
    if not market.exact:
        raise Unsure
    by_cost = state.rule.utility == "cost"
    rates = {}
    for at in near:
        cost = state.costs[at]
        price = market.exact_price(at, cost) if cost else Fraction(0)
        rates[at] = price / cost if by_cost and cost else price
    best = min(rates.values())
    return [at for at in near if rates[at] == best]
