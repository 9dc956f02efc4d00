"""Floating runs of Equal Shares over arrays: for counts at the desk, and for the steps of Add1.

Who has how much money is one array over all ballots. The published count and the verifier do
without this module.
"""

from fractions import Fraction
from itertools import chain
from typing import Any

import numpy as np

from backend.ideas.count.election import weights
from backend.ideas.count.money import Number
from backend.ideas.count.shares import NEAR, Unsure
from backend.ideas.count.state import State

Array = np.ndarray[Any, np.dtype[Any]]


class Vectors:
    """The ballots as arrays, made once; called with an endowment, it opens a market."""

    def __init__(self, state: State) -> None:
        election, projects = state.election, len(state.costs)
        ballots = [ballot for ballot, _ in election.ballots]
        lengths = np.fromiter((len(b.choices) for b in ballots), np.int64, len(ballots))
        chosen = np.fromiter(chain.from_iterable(b.choices for b in ballots), np.int64)
        group = np.repeat(np.arange(len(ballots)), lengths)
        worth = np.ones(len(chosen))
        if election.has_points:
            each = chain.from_iterable(weights(election, ballot) for ballot in ballots)
            worth = np.fromiter((float(value) for value in each), float, len(chosen))
        order = np.argsort(chosen, kind="stable")
        order = order[worth[order] > 0]
        ends = np.searchsorted(chosen[order], np.arange(1, projects))
        self.size = len(ballots)
        self.count = np.fromiter((n for _, n in election.ballots), float, len(ballots))
        self.supporters: list[Array] = np.split(group[order], ends)
        self.worth: list[Array] = np.split(worth[order], ends)
        self.counts = [self.count[found] for found in self.supporters]
        self.behind = [n * w for n, w in zip(self.counts, self.worth, strict=True)]

    def __call__(self, endowment: Fraction) -> "VectorMarket":
        """Everybody gets this much."""
        return VectorMarket(self, float(endowment))


class VectorMarket:
    """Everybody's money during one run."""

    exact = False

    def __init__(self, ballots: Vectors, endowment: float) -> None:
        self.ballots, self.nothing = ballots, endowment * 1e-12
        self.money = np.full(ballots.size, endowment)

    def weight(self, at: int) -> float:
        """The weight behind a project when everybody has money."""
        return float(self.ballots.behind[at].sum())

    def behind(self, at: int) -> float:
        """How much money the supporters of a project have."""
        return float(self.money[self.ballots.supporters[at]] @ self.ballots.counts[at])

    def price(self, at: int, cost: Number) -> float | None:
        """What a unit of weight would pay: those who have less than their part give all, until
        nobody else is short."""
        money = self.money[self.ballots.supporters[at]]
        counts, worth = self.ballots.counts[at], self.ballots.worth[at]
        owed, held = float(cost), money * counts
        have = float(held.sum())
        if abs(have - owed) <= NEAR * owed:
            raise Unsure
        if have < owed:
            return None
        weight, most = self.ballots.behind[at], money / worth
        price, short = 0.0, 0
        while True:
            poor = most < price
            if (found := int(np.count_nonzero(poor))) == short and price:
                return price
            short = found
            rich = ~poor
            price = (owed - float(held[poor].sum())) / float(weight[rich].sum())

    def charge(self, at: int, cost: Number) -> Fraction | float:
        """What a unit of weight pays for a project that can be afforded."""
        price = self.price(at, cost) if cost else 0.0
        assert price is not None
        return price

    def exact_price(self, at: int, cost: Number) -> Fraction:
        """Floating numbers do not know."""
        raise Unsure

    def buy(self, at: int, price: Fraction | float, open_: set[int]) -> None:
        """Everybody who chose the project pays."""
        supporters = self.ballots.supporters[at]
        left = self.money[supporters] - float(price) * self.ballots.worth[at]
        left[left <= self.nothing] = 0.0
        self.money[supporters] = left
