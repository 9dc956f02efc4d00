"""What a loser lacked in a count by order: more votes, or points, with all else as it is."""

from bisect import bisect
from fractions import Fraction
from typing import Any

from backend.ideas.count.money import Number, plain
from backend.ideas.count.order import count_in_order
from backend.ideas.count.rule import tie_key
from backend.ideas.count.state import State

Key = tuple[Any, ...]


def lacking_in_order(state: State) -> dict[int, dict[str, Any]]:
    """For each loser the further votes (or points) it needed, and the money it was short of."""
    trial = _Trial(State(state.election, state.rule))
    unit = "points" if state.merit_is_points else "votes"
    lacks: dict[int, dict[str, Any]] = {}
    for at in range(len(state.costs)):
        if at in state.selected:
            continue
        lacks[at] = {unit: trial.needed(at)}
        if state.reasons[at][0] in {"budget", "partly"}:
            facts = state.reasons[at][1]
            left = facts["amount"] if "amount" in facts else facts["left"]
            lacks[at]["money"] = plain(Fraction(state.costs[at]) - Fraction(left))
    return lacks


class _Trial:
    """The count again with one project moved up."""

    def __init__(self, fresh: State) -> None:
        self.fresh = fresh
        self.merit = fresh.points if fresh.merit_is_points else fresh.votes
        self.order = fresh.in_order()
        self.keys: list[Key] = [(-self.merit[at], fresh.ties[at]) for at in self.order]

    def needed(self, at: int) -> int | float | None:
        """The fewest with which the project wins; None if no number would do."""
        fresh, merit = self.fresh, self.merit
        project = fresh.election.projects[at]
        if project.withdrawn or project.cost > fresh.election.budget:
            return None
        support = fresh.rule.min_support.votes_needed(
            project.cost, fresh.election.budget, fresh.election.voters
        )
        least = max(0, -(-support // 1) - fresh.votes[at])
        steps = {Fraction(least)}
        for other in fresh.open:
            ahead = Fraction(merit[other] - merit[at])
            steps |= {step for step in (ahead, ahead + 1) if step >= least}
        tries = sorted(steps)
        if not self._wins(at, tries[-1]):
            return None
        low, high = 0, len(tries) - 1
        while low < high:
            middle = (low + high) // 2
            if self._wins(at, tries[middle]):
                high = middle
            else:
                low = middle + 1
        return plain(tries[low])

    def _wins(self, at: int, more: Fraction) -> bool:
        votes = self.fresh.votes[at] + int(-(-more // 1))
        project = self.fresh.election.projects[at]
        ties = tie_key(self.fresh.rule, project, votes, at)
        if self.fresh.rule.caps == "hold-then-fill":
            return self._wins_in_full(at, more, votes, ties)
        place = bisect(self.keys, (-(self.merit[at] + more), ties))
        return self._reached(at, [other for other in self.order[:place] if other != at])

    def _reached(self, at: int, before: list[int]) -> bool:
        """Whether the project still fits after those before it had their turn."""
        fresh = self.fresh
        costs, left = fresh.costs, fresh.left
        caps: list[Number] = list(fresh.cap_left)
        held = fresh.caps_of if fresh.rule.caps == "hold" else [[]] * len(costs)
        groups: set[str] = set()
        for turn in [*before, at]:
            group = fresh.election.projects[turn].group
            if group in groups or any(costs[turn] > caps[cap] for cap in held[turn]):
                fits = False
            elif costs[turn] <= left:
                fits = True
                left -= costs[turn]
                groups |= {group} if group else set()
                for cap in held[turn]:
                    caps[cap] -= costs[turn]
            elif fresh.rule.leftover != "skip":
                return False
            else:
                fits = False
        return fits

    def _wins_in_full(self, at: int, more: Fraction, votes: int, ties: Key) -> bool:
        trial = self.fresh.fork()
        trial.votes, trial.points = list(trial.votes), list(trial.points)
        trial.ties = [*trial.ties[:at], ties, *trial.ties[at + 1 :]]
        trial.votes[at] = votes
        trial.points[at] += more
        if at not in trial.open:
            trial.open = [*trial.open, at]
        count_in_order(trial)
        return at in trial.selected
