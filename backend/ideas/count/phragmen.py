"""Phragmén's rule in sequence: buy what can be bought with the smallest load on its supporters.

Every supporter of what is bought carries the same load afterwards, so a voter's load is told by the
last winner they support; voters are kept in heaps of equal load.
"""

import heapq
from fractions import Fraction

from backend.ideas.count.election import Ballot, Election, weights
from backend.ideas.count.state import State


class _Loads:
    """Who carries how much: for each project its supporters, gathered by load."""

    def __init__(self, state: State) -> None:
        projects = len(state.costs)
        self.groups = [
            (_approved(state.election, ballot), count) for ballot, count in state.election.ballots
        ]
        self.level = [0] * len(self.groups)
        self.loads = [Fraction(0)]
        self.supporters: list[list[int]] = [[] for _ in range(projects)]
        self.heaps: list[dict[int, int]] = [{} for _ in range(projects)]
        for at, (choices, count) in enumerate(self.groups):
            for project in choices:
                self.supporters[project].append(at)
                self.heaps[project][0] = self.heaps[project].get(0, 0) + count
        self.size = [sum(heap.values()) for heap in self.heaps]

    def after(self, project: int, cost: int | Fraction) -> Fraction:
        """The load its supporters would carry once the project is bought."""
        carried = sum(
            (self.loads[level] * count for level, count in self.heaps[project].items()),
            Fraction(0),
        )
        return (carried + cost) / self.size[project]

    def buy(self, project: int, load: Fraction) -> None:
        """Put the load on every supporter."""
        self.loads.append(load)
        new = len(self.loads) - 1
        for at in self.supporters[project]:
            choices, count = self.groups[at]
            old, self.level[at] = self.level[at], new
            for other in choices:
                heap = self.heaps[other]
                heap[old] -= count
                if not heap[old]:
                    del heap[old]
                heap[new] = heap.get(new, 0) + count


def _approved(election: Election, ballot: Ballot) -> tuple[int, ...]:
    worth = zip(ballot.choices, weights(election, ballot), strict=True)
    return tuple(at for at, weight in worth if weight > 0)


def count_by_phragmen(state: State) -> None:
    """Buy in order of load; stop as soon as what could be bought next would break the budget."""
    hold = state.rule.caps != "ignore"
    voters = _Loads(state)
    queue = []
    for at in state.open:
        if not voters.size[at]:
            state.reasons[at] = ("no_votes", {})
        elif state.costs[at] > state.election.budget:
            state.reasons[at] = ("budget", {"left": state.election.budget})
        else:
            queue.append((Fraction(state.costs[at]) / voters.size[at], at))
    heapq.heapify(queue)
    while queue:
        load, tied = _cheapest(state, voters, queue, hold)
        if not tied:
            break
        if any(state.costs[at] > state.left for at in tied):
            _stop(state, tied, queue)
            return
        winner = state.first_of(tied)
        state.take(winner, "load", load=float(load))
        voters.buy(winner, load)
        for at in tied:
            if at != winner:
                heapq.heappush(queue, (load, at))


def _cheapest(
    state: State, voters: _Loads, queue: list[tuple[Fraction, int]], hold: bool
) -> tuple[Fraction, list[int]]:
    """The smallest new load and the projects that share it. A load never falls, so what was
    computed for an earlier round is a bound from below."""
    best: Fraction | None = None
    tied: list[int] = []
    looked_at = []
    while queue and (best is None or queue[0][0] <= best):
        _, at = heapq.heappop(queue)
        if bar := state.barred(at, hold):
            state.reasons[at] = bar
            continue
        load = voters.after(at, state.costs[at])
        looked_at.append((load, at))
        if best is None or load < best:
            best, tied = load, [at]
        elif load == best:
            tied.append(at)
    for load, at in looked_at:
        if at not in tied:
            heapq.heappush(queue, (load, at))
    return best or Fraction(0), tied


def _stop(state: State, tied: list[int], queue: list[tuple[Fraction, int]]) -> None:
    first = state.first_of([at for at in tied if state.costs[at] > state.left])
    facts = {"first": state.election.projects[first].id, "left": state.left}
    for at in [*tied, *(at for _, at in queue)]:
        state.reasons[at] = ("budget", facts) if at == first else ("stopped", facts)
