"""How far everybody's money can grow before a run of Equal Shares decides anything otherwise.

With few voters and much money Add1 would take hundreds of thousands of steps that change nothing.
Every amount in a run is a straight line in the endowment, as long as no decision falls otherwise:
so each decision tells how far it holds, and the nearest of these tells how far all of them do.
"""

from dataclasses import dataclass
from fractions import Fraction

from backend.ideas.count.shares import Poll
from backend.ideas.count.state import State


@dataclass
class Line:
    """An amount now, and how it grows with the endowment."""

    now: Fraction
    slope: Fraction

    def paid(self, price: "Line", weight: int) -> "Line":
        """What is left of it after paying."""
        return Line(self.now - price.now * weight, self.slope - price.slope * weight)


class Unchanged:
    """One run, with the endowment as an unknown that starts at a value and grows."""

    def __init__(self, state: State, poll: Poll, endowment: Fraction) -> None:
        self.state, self.poll = state.fork(), poll
        self.money = [Line(endowment, Fraction(1)) for _ in poll.groups]
        self.limit: Fraction | None = None
        self.open = [at for at in state.open if poll.supporters[at]]
        self.hold = state.rule.caps != "ignore"
        self.by_cost = state.rule.utility == "cost"

    def grows_by(self) -> Fraction | None:
        """Below this the outcome stays; None if it stays for ever."""
        while self.limit != 0:
            self.open = [at for at in self.open if not self.state.barred(at, self.hold)]
            offers: dict[int, tuple[Line, Line]] = {}
            for at in self.open:
                price = self._price(at)
                if price is not None:
                    offers[at] = (self._rate(at, price), price)
            if not offers:
                break
            least = min(rate.now for rate, _ in offers.values())
            winner = self.state.first_of(at for at in offers if offers[at][0].now == least)
            rate, price = offers[winner]
            for other, (theirs, _) in offers.items():
                if other != winner:
                    self._holds(theirs.now - rate.now, theirs.slope - rate.slope)
            self._buy(winner, price)
        return self.limit

    def _holds(self, now: Fraction, slope: Fraction) -> None:
        """Something that is not below nothing, and must not fall below it."""
        if slope < 0:
            until = now / -slope
            self.limit = until if self.limit is None else min(self.limit, until)

    def _supporters(self, at: int) -> list[tuple[int, int, Line]]:
        """Weight, number and money of those who chose a project and have any money."""
        found = []
        for group in self.poll.supporters[at]:
            choices, kinds, count = self.poll.groups[group]
            weight = self.poll.scale[kinds[choices.index(at)]]
            found.append((weight, count, self.money[group]))
        return found

    def _rate(self, at: int, price: Line) -> Line:
        cost = Fraction(self.state.costs[at])
        if self.by_cost and cost:
            return Line(price.now / cost, price.slope / cost)
        return price

    def _price(self, at: int) -> Line | None:
        cost = Fraction(self.state.costs[at])
        if not cost:
            return Line(Fraction(0), Fraction(0))
        payers = self._supporters(at)
        have = sum((money.now * count for _, count, money in payers), Fraction(0))
        growth = sum((money.slope * count for _, count, money in payers), Fraction(0))
        if have < cost:
            self._holds(cost - have, -growth)
            return None
        self._holds(have - cost, growth)
        payers.sort(key=lambda payer: payer[2].now / payer[0])
        weight = Fraction(sum(w * count for w, count, _ in payers))
        price = Line(cost / weight, Fraction(0))
        left, slope, poor = cost, Fraction(0), 0
        for w, count, money in payers:
            if price.now * w <= money.now:
                break
            left, slope = left - money.now * count, slope - money.slope * count
            weight, poor = weight - w * count, poor + 1
            price = Line(left / weight, slope / weight)
        for place, (w, _, money) in enumerate(payers):
            rest = money.paid(price, w)
            sign = -1 if place < poor else 1
            self._holds(rest.now * sign, rest.slope * sign)
        return price

    def _buy(self, at: int, price: Line) -> None:
        for group in self.poll.supporters[at]:
            choices, kinds, _ = self.poll.groups[group]
            rest = self.money[group].paid(price, self.poll.scale[kinds[choices.index(at)]])
            self.money[group] = rest if rest.now > 0 else Line(Fraction(0), Fraction(0))
            if rest.now == 0 and rest.slope:
                self.limit = Fraction(0)
        self.open.remove(at)
        self.state.take(at, "shares")
