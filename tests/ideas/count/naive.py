"""The rules again as plainly as they can be written: voter by voter, in fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from backend.ideas.count import Election, Rule
from backend.ideas.count.rule import lot


class Naive:
    """One election, voter by voter."""

    def __init__(self, election: Election, rule: Rule) -> None:
        self.rule, self.budget = rule, Fraction(election.budget)
        self.projects = list(election.projects)
        self.voters: list[dict[int, Fraction]] = []
        for ballot, count in election.ballots:
            worth = ballot.points or [1] * len(ballot.choices)
            if election.kind == "ordinal" and not ballot.points:
                worth = range(len(ballot.choices), 0, -1)
            for _ in range(count):
                self.voters.append(
                    {p: Fraction(w) for p, w in zip(ballot.choices, worth, strict=True)}
                )
        self.votes = [sum(v.get(p, 0) > 0 for v in self.voters) for p in range(len(self.projects))]
        self.points = [sum(v.get(p, 0) for v in self.voters) for p in range(len(self.projects))]
        self.caps = {(c.kind, c.name): Fraction(c.amount) for c in election.caps}
        self.weighted = election.kind != "approval"

    def may_win(self, p: int) -> bool:
        project, support = self.projects[p], self.rule.min_support
        if project.withdrawn:
            return False
        if support.kind == "votes":
            return self.votes[p] >= support.value
        if support.kind == "share":
            return self.votes[p] >= support.value * len(self.voters)
        if support.kind == "cost-share" and self.budget:
            return self.votes[p] * self.budget >= support.value * project.cost * len(self.voters)
        return True

    def tie(self, p: int) -> tuple[Any, ...]:
        project = self.projects[p]
        known = {
            "cost": project.cost,
            "votes": -self.votes[p],
            "lot": lot(self.rule.seed, project.id),
            "order": p,
        }
        return (*(known[name] for name in self.rule.tie), p)

    def cost(self, chosen: list[int]) -> Fraction:
        return sum((Fraction(self.projects[p].cost) for p in chosen), Fraction(0))

    def barred(self, p: int, chosen: list[int], hold: bool) -> bool:
        project = self.projects[p]
        if project.group and any(self.projects[q].group == project.group for q in chosen):
            return True
        for (kind, name), most in self.caps.items() if hold else ():
            mine = [
                q
                for q in [*chosen, p]
                if (name in self.projects[q].categories)
                if kind == "category"
            ] or [q for q in [*chosen, p] if kind == "area" and self.projects[q].area == name]
            if p in mine and self.cost(mine) > most:
                return True
        return False

    def down_the_list(self, chosen: list[int], hold: bool) -> tuple[list[int], int | None]:
        by_points = self.rule.name == "points" or (self.rule.name != "votes" and self.weighted)
        merit = self.points if by_points else self.votes
        order = sorted(range(len(self.projects)), key=lambda p: (-merit[p], self.tie(p)))
        chosen = list(chosen)
        for p in order:
            if p in chosen or not self.may_win(p) or self.barred(p, chosen, hold):
                continue
            if self.cost([*chosen, p]) <= self.budget:
                chosen.append(p)
            elif self.rule.leftover != "skip":
                return chosen, p
        return chosen, None

    def in_order(self) -> tuple[list[int], int | None]:
        chosen, first = self.down_the_list([], self.rule.caps != "ignore")
        if self.rule.caps == "hold-then-fill":
            chosen, first = self.down_the_list(chosen, False)
        return chosen, first

    def shares(self, endowment: Fraction) -> list[int]:
        money = [endowment for _ in self.voters]
        chosen: list[int] = []
        while True:
            offers = []
            for p in range(len(self.projects)):
                if p in chosen or not self.may_win(p):
                    continue
                if self.barred(p, chosen, self.rule.caps != "ignore"):
                    continue
                price = self.price(p, money)
                if price is not None:
                    cost = self.projects[p].cost
                    rate = price / cost if self.rule.utility == "cost" and cost else price
                    offers.append((rate, self.tie(p), p, price))
            if not offers:
                return chosen
            _, _, p, price = min(offers)
            chosen.append(p)
            for i, voter in enumerate(self.voters):
                money[i] -= min(money[i], price * max(voter.get(p, Fraction(0)), 0))

    def price(self, p: int, money: list[Fraction]) -> Fraction | None:
        """The smallest price at which the supporters together pay the cost."""
        payers = [(money[i], v[p]) for i, v in enumerate(self.voters) if v.get(p, 0) > 0]
        cost = Fraction(self.projects[p].cost)
        if not payers or sum(have for have, _ in payers) < cost:
            return None
        if not cost:
            return Fraction(0)
        for limit in sorted({have / weight for have, weight in payers}):
            full = sum(have for have, weight in payers if have / weight < limit)
            rest = sum(weight for have, weight in payers if have / weight >= limit)
            if (cost - full) / rest <= limit:
                return (cost - full) / rest
        raise AssertionError

    def equal_shares(self) -> list[int]:
        endowment = self.budget / len(self.voters)
        chosen = self.shares(endowment)
        while self.rule.completion == "add1":
            open_ = [
                p
                for p in range(len(self.projects))
                if p not in chosen and self.votes[p] and self.may_win(p)
                if not self.barred(p, chosen, self.rule.caps != "ignore")
            ]
            fits = [p for p in open_ if self.cost([*chosen, p]) <= self.budget]
            if not open_ or (self.rule.exhaustive_stop and not fits):
                break
            endowment += 1
            after = self.shares(endowment)
            if self.cost(after) > self.budget:
                break
            chosen = after
        return chosen

    def phragmen(self) -> list[int]:
        load = [Fraction(0) for _ in self.voters]
        chosen: list[int] = []
        while True:
            offers = []
            for p in range(len(self.projects)):
                out = p in chosen or not self.votes[p] or not self.may_win(p)
                if out or self.projects[p].cost > self.budget:
                    continue
                if self.barred(p, chosen, self.rule.caps != "ignore"):
                    continue
                behind = [i for i, voter in enumerate(self.voters) if voter.get(p, 0) > 0]
                new = (sum(load[i] for i in behind) + self.projects[p].cost) / len(behind)
                offers.append((new, self.tie(p), p))
            if not offers:
                return chosen
            least = min(offers)[0]
            if any(self.cost([*chosen, p]) > self.budget for new, _, p in offers if new == least):
                return chosen
            _, _, p = min(offers)
            chosen.append(p)
            for i, voter in enumerate(self.voters):
                if voter.get(p, 0) > 0:
                    load[i] = least


def winners(election: Election, rule: Rule) -> tuple[list[str], str | None]:
    """Ids in order of selection, and the id of what would be part-funded."""
    naive = Naive(election, rule)
    first = None
    if rule.name in {"votes", "points"}:
        chosen, first = naive.in_order()
    else:
        chosen = naive.equal_shares() if rule.name == "equal-shares" else naive.phragmen()
        if rule.completion == "votes":
            chosen, first = naive.down_the_list(chosen, rule.caps != "ignore")
        if rule.caps == "hold-then-fill":
            chosen, first = naive.down_the_list(chosen, False)
    spent = naive.cost(chosen)
    part = rule.leftover == "partial" and first is not None and spent < naive.budget
    ids = [project.id for project in election.projects]
    return [ids[p] for p in chosen], ids[first] if part and first is not None else None
