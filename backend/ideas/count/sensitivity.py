"""How firm a result is: what a small share of the ballots would change."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from backend.ideas.count.election import ORDINAL, Ballot, Election, weights
from backend.ideas.count.money import Number
from backend.ideas.count.outcome import Outcome
from backend.ideas.count.rule import Rule

Counter = Callable[[Election, Rule], Outcome]


@dataclass(frozen=True)
class Firmness:
    """What so many ballots would change.

    `could_win`: losers that would win had so many more people voted for them alone. `could_lose`:
    winners that would lose had so many of their supporters stayed away. `kept`: for each project,
    in how many of the `tries` it wins when so many ballots, drawn by lot, are left out.
    """

    ballots: int
    could_win: tuple[str, ...]
    could_lose: tuple[str, ...]
    tries: int
    kept: dict[str, int]

    @property
    def firm(self) -> bool:
        """Nothing so small changes any winner."""
        return not self.could_win and not self.could_lose


def firmness(
    election: Election,
    rule: Rule,
    count: Counter,
    *,
    share: Fraction = Fraction(1, 100),
    tries: int = 50,
    seed: str = "firmness",
    each: bool = True,
) -> Firmness:
    """What this share of the ballots would change; at least one ballot. Same seed, same answer.

    `each=False` leaves out the two questions that take a count for every project.
    """
    moved = max(1, int(election.voters * share)) if election.voters else 0
    base = set(count(election, rule).selected)
    could_win, could_lose = [], []
    for at, project in enumerate(election.projects if each else ()):
        if project.id in base:
            fewer = without_supporters(election, at, moved)
            if project.id not in count(fewer, rule).selected:
                could_lose.append(project.id)
        else:
            more = with_supporters(election, at, moved)
            if project.id in count(more, rule).selected:
                could_win.append(project.id)
    dice = random.Random(seed)  # noqa: S311 - anybody must be able to repeat it
    kept = dict.fromkeys((project.id for project in election.projects), 0)
    tries = tries if election.voters > 1 else 0
    for _ in range(tries):
        for id_ in count(left_out(election, moved, dice), rule).selected:
            kept[id_] += 1
    return Firmness(moved, tuple(could_win), tuple(could_lose), tries, kept)


def with_supporters(election: Election, at: int, more: int) -> Election:
    """So many further ballots for one project alone, with the most points that any ballot gave."""
    points: tuple[Number, ...] = ()
    if election.has_points and election.kind != ORDINAL:
        given = [weight for ballot, _ in election.ballots for weight in weights(election, ballot)]
        points = (max(given, default=1),)
    return replace(election, ballots=(*election.ballots, (Ballot((at,), points), more)))


def without_supporters(election: Election, at: int, fewer: int) -> Election:
    """So many of a project's ballots less; first those that say nothing else."""
    order = sorted(
        range(len(election.ballots)), key=lambda n: (len(election.ballots[n][0].choices), n)
    )
    left = [count for _, count in election.ballots]
    for n in order:
        if at in election.ballots[n][0].choices:
            taken = min(left[n], fewer)
            left[n] -= taken
            fewer -= taken
    return _with_counts(election, left)


def left_out(election: Election, fewer: int, dice: random.Random) -> Election:
    """So many ballots less, drawn by lot."""
    left = [count for _, count in election.ballots]
    for n in dice.sample(range(len(left)), k=min(fewer, sum(left)), counts=left):
        left[n] -= 1
    return _with_counts(election, left)


def _with_counts(election: Election, counts: list[int]) -> Election:
    pairs = zip(election.ballots, counts, strict=True)
    return replace(election, ballots=tuple((b, n) for (b, _), n in pairs if n))
