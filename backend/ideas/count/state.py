"""How far a count has got: money left, room under the caps, who won, and why the others did not."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from backend.ideas.count.election import Election, tallies
from backend.ideas.count.money import Number, plain, simplest
from backend.ideas.count.rule import Rule, tie_key

Reason = tuple[str, dict[str, Any]]


class State:
    """One count in progress. Projects are named by their position in the election's list."""

    def __init__(self, election: Election, rule: Rule) -> None:
        self.election, self.rule = election, rule
        self.costs = [project.cost for project in election.projects]
        self.votes, self.points = tallies(election)
        self.left: Number = election.budget
        self.cap_left = [cap.amount for cap in election.caps]
        self.caps_of = [
            [at for at, cap in enumerate(election.caps) if cap.covers(project)]
            for project in election.projects
        ]
        self.selected: list[int] = []
        self.partly: tuple[int, Number] | None = None
        self.rounds: list[dict[str, Any]] = []
        self.reasons: dict[int, Reason] = {}
        self.lacks: dict[int, dict[str, Any]] = {}
        self.group_winner: dict[str, int] = {}
        self.ties = [
            tie_key(rule, project, self.votes[at], at)
            for at, project in enumerate(election.projects)
        ]
        self.open = self._may_win()

    def fork(self) -> "State":
        """The same count again from here, without touching this one."""
        twin = copy(self)
        for name in ("cap_left", "selected", "rounds", "reasons", "lacks", "group_winner"):
            setattr(twin, name, copy(getattr(self, name)))
        return twin

    def _may_win(self) -> list[int]:
        """Projects that are neither withdrawn nor below the minimum support."""
        found = []
        voters = self.election.voters
        for at, project in enumerate(self.election.projects):
            needed = self.rule.min_support.votes_needed(project.cost, self.election.budget, voters)
            if project.withdrawn:
                self.reasons[at] = ("withdrawn", {})
            elif self.votes[at] < needed:
                self.reasons[at] = ("too_few_votes", {"needed": -(-needed // 1)})
            else:
                found.append(at)
        return found

    @property
    def spent(self) -> Number:
        """What the winners cost, a part-funded one included."""
        return simplest(self.election.budget - self.left)

    def in_order(self) -> list[int]:
        """Projects that may win, best first: by points under that rule, otherwise by votes."""
        merit = self.points if self.merit_is_points else self.votes
        return sorted(self.open, key=lambda at: (-merit[at], self.ties[at]))

    @property
    def merit_is_points(self) -> bool:
        """Order by points where the rule says so, and to complete a count of weighted ballots."""
        if self.rule.name in {"votes", "points"}:
            return self.rule.name == "points"
        return self.election.has_points

    def first_of(self, tied: Iterable[int]) -> int:
        """The first of equals by the rule's order of ties."""
        return min(tied, key=lambda at: self.ties[at])

    def barred(self, at: int, hold_caps: bool) -> Reason | None:
        """Why a project cannot win any more whatever money is left: its group, or a full cap."""
        group = self.election.projects[at].group
        if group and group in self.group_winner:
            winner = self.election.projects[self.group_winner[group]].id
            return "group", {"winner": winner}
        if hold_caps:
            for cap in self.caps_of[at]:
                if self.costs[at] > self.cap_left[cap]:
                    name = self.election.caps[cap].name
                    return "cap", {"cap": name, "left": plain(self.cap_left[cap])}
        return None

    def take(self, at: int, step: str, **facts: Any) -> None:
        """A project wins."""
        project = self.election.projects[at]
        self.left -= project.cost
        for cap in self.caps_of[at]:
            self.cap_left[cap] -= project.cost
        if project.group:
            self.group_winner[project.group] = at
        self.selected.append(at)
        self.reasons[at] = ("won_" + step, {"place": len(self.selected), **facts})
        self.rounds.append(
            {
                "round": len(self.rounds) + 1,
                "step": step,
                "project": project.id,
                "cost": plain(project.cost),
                "left": plain(self.left),
                **facts,
            }
        )

    def take_part(self, at: int) -> None:
        """What is left goes to a project that does not fit."""
        amount = min([self.left, *(max(0, self.cap_left[cap]) for cap in self._held(at))])
        if amount <= 0:
            return
        self.partly = (at, simplest(amount))
        self.left -= amount
        self.reasons[at] = ("partly", {"amount": plain(amount)})
        self.rounds.append(
            {
                "round": len(self.rounds) + 1,
                "step": "partly",
                "project": self.election.projects[at].id,
                "cost": plain(amount),
                "left": plain(self.left),
            }
        )

    def _held(self, at: int) -> list[int]:
        return self.caps_of[at] if self.rule.caps == "hold" else []
