"""What is counted: projects, money and ballots, and nothing about who cast them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from backend.ideas.count.money import Number, simplest

APPROVAL, CUMULATIVE, ORDINAL, SCORING = "approval", "cumulative", "ordinal", "scoring"
BALLOT_KINDS = (APPROVAL, CUMULATIVE, ORDINAL, SCORING)


@dataclass(frozen=True)
class Project:
    """One project on the ballot. `group` names variants of which at most one can win."""

    id: str
    cost: Number
    name: str = ""
    categories: tuple[str, ...] = ()
    area: str = ""
    group: str = ""
    withdrawn: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cap:
    """The most that projects of one category, or of one area, may cost together."""

    kind: str
    name: str
    amount: Number

    def covers(self, project: Project) -> bool:
        """Whether the project's cost counts against this cap."""
        if self.kind == "category":
            return self.name in project.categories
        return self.name == project.area


@dataclass(frozen=True)
class Ballot:
    """Positions of the chosen projects in the list of projects, and points beside them if any."""

    choices: tuple[int, ...]
    points: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Election:
    """Projects, budget and caps, and the distinct ballots with how many people cast each.

    `caps_fault` says why caps that a file states cannot be used.
    """

    kind: str
    budget: Number
    projects: tuple[Project, ...]
    ballots: tuple[tuple[Ballot, int], ...]
    caps: tuple[Cap, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    caps_fault: str = ""

    @property
    def voters(self) -> int:
        """How many ballots were cast, empty ones included."""
        return sum(count for _, count in self.ballots)

    @property
    def has_points(self) -> bool:
        """Whether ballots weigh their choices: by points, or by rank."""
        return self.kind != APPROVAL


def election_of(
    kind: str,
    budget: Number,
    projects: Iterable[Project],
    cast: Iterable[tuple[Iterable[str], Iterable[Number]]],
    caps: Iterable[Cap] = (),
) -> Election:
    """An election from ballots as (project ids, points); points stay empty without points.

    On a ranked ballot the ids stand in order of preference.
    """
    listed = tuple(projects)
    place = {project.id: index for index, project in enumerate(listed)}
    found: dict[Ballot, int] = {}
    for ids, points in cast:
        ballot = Ballot(tuple(place[name] for name in ids), tuple(points))
        if kind == APPROVAL:
            ballot = Ballot(tuple(sorted(set(ballot.choices))))
        found[ballot] = found.get(ballot, 0) + 1
    return Election(kind, budget, listed, tuple(found.items()), tuple(caps))


def weights(election: Election, ballot: Ballot) -> tuple[Number, ...]:
    """What each choice is worth: its points; by rank, m for the first of m and 1 for the last."""
    if ballot.points:
        return ballot.points
    if election.kind == ORDINAL:
        return tuple(range(len(ballot.choices), 0, -1))
    return (1,) * len(ballot.choices)


def tallies(election: Election) -> tuple[list[int], list[Number]]:
    """Votes (ballots that speak for it) and points of every project."""
    votes = [0] * len(election.projects)
    points: list[Number] = [0] * len(election.projects)
    for ballot, count in election.ballots:
        for project, weight in zip(ballot.choices, weights(election, ballot), strict=True):
            if weight > 0:
                votes[project] += count
            points[project] += weight * count
    return votes, [simplest(value) for value in points]


def share_of(votes: int, voters: int) -> Fraction:
    """Votes as a share of the voters; nothing where nobody voted."""
    return Fraction(votes, voters) if voters else Fraction(0)
