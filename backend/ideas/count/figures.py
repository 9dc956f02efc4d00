"""What an outcome means for voters and districts, and other rules and what-ifs beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from backend.ideas.count.election import APPROVAL, Election, weights
from backend.ideas.count.money import Number, simplest
from backend.ideas.count.outcome import Outcome
from backend.ideas.count.rule import Rule

Counter = Callable[[Election, Rule], Outcome]


@dataclass(frozen=True)
class AreaFigures:
    """One district: the money its winners get, and the share of all votes that went to its
    projects."""

    area: str
    money: Number
    winners: int
    votes: int
    share_of_money: Fraction
    share_of_votes: Fraction


@dataclass(frozen=True)
class Figures:
    """What an outcome gives whom."""

    spent: Number
    winners: int
    voters: int
    with_a_winner: int
    mean_winners: Fraction
    gini: Fraction
    areas: tuple[AreaFigures, ...]

    @property
    def share_with_a_winner(self) -> Fraction:
        """Voters who see at least one of their choices win."""
        return Fraction(self.with_a_winner, self.voters) if self.voters else Fraction(0)


def figures(election: Election, outcome: Outcome) -> Figures:
    """Who gets what: voters by how many of their choices win, districts by money."""
    won = {at for at, p in enumerate(election.projects) if p.id in set(outcome.selected)}
    pleased: dict[int, int] = {}
    for ballot, count in election.ballots:
        worth = zip(ballot.choices, weights(election, ballot), strict=True)
        happy = sum(1 for at, weight in worth if weight > 0 and at in won)
        pleased[happy] = pleased.get(happy, 0) + count
    voters = sum(pleased.values())
    total = sum(happy * count for happy, count in pleased.items())
    return Figures(
        spent=outcome.spent,
        winners=len(won),
        voters=voters,
        with_a_winner=voters - pleased.get(0, 0),
        mean_winners=Fraction(total, voters) if voters else Fraction(0),
        gini=_gini(pleased, voters, total),
        areas=_areas(election, outcome),
    )


def _gini(pleased: Mapping[int, int], voters: int, total: int) -> Fraction:
    """How unequally winners are spread over voters: 0 all the same, towards 1 all for a few."""
    if not total:
        return Fraction(0)
    below, uneven = 0, 0
    for happy, count in sorted(pleased.items()):
        uneven += happy * count * (2 * below + count - voters)
        below += count
    return Fraction(uneven, voters * total)


def _areas(election: Election, outcome: Outcome) -> tuple[AreaFigures, ...]:
    names = sorted({project.area for project in election.projects})
    paid = {id_: election_cost(election, id_) for id_ in outcome.selected}
    if outcome.partly:
        paid[outcome.partly[0]] = outcome.partly[1]
    votes = sum(verdict.votes for verdict in outcome.projects.values())
    found = []
    for name in names:
        ids = [project.id for project in election.projects if project.area == name]
        money = sum((Fraction(paid.get(id_, 0)) for id_ in ids), Fraction(0))
        mine = sum(outcome.projects[id_].votes for id_ in ids)
        found.append(
            AreaFigures(
                area=name,
                money=simplest(money),
                winners=sum(1 for id_ in ids if id_ in outcome.selected),
                votes=mine,
                share_of_money=money / outcome.spent if outcome.spent else Fraction(0),
                share_of_votes=Fraction(mine, votes) if votes else Fraction(0),
            )
        )
    return tuple(found)


def election_cost(election: Election, id_: str) -> Number:
    """What a project costs."""
    return next(project.cost for project in election.projects if project.id == id_)


def usual_rules(rule: Rule, kind: str) -> dict[str, Rule]:
    """The rule itself and those worth seeing beside it, all else as it was declared."""
    utility = "cost" if kind == APPROVAL else "cardinality"
    shares = replace(rule, name="equal-shares", utility=utility, exhaustive_stop=False)
    plain = replace(rule, completion="none", exhaustive_stop=False)
    beside = {
        "declared": rule,
        "votes": replace(plain, name="votes"),
        "points": replace(plain, name="points"),
        "equal-shares": replace(shares, completion="add1"),
        "equal-shares-then-votes": replace(shares, completion="votes"),
        "phragmen": replace(plain, name="phragmen"),
    }
    if kind == APPROVAL:
        del beside["points"]
    return beside


@dataclass(frozen=True)
class Beside:
    """One rule's outcome beside the declared one."""

    name: str
    outcome: Outcome
    figures: Figures
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def side_by_side(
    election: Election, rules: Mapping[str, Rule], count: Counter
) -> tuple[Beside, ...]:
    """Every rule on the same ballots; the first is the one the others are compared with. For the
    desk before the rule is chosen: last year's ballots, or the same with another budget."""
    found: list[Beside] = []
    first: set[str] | None = None
    for name, rule in rules.items():
        outcome = count(election, rule)
        won = set(outcome.selected)
        first = won if first is None else first
        found.append(
            Beside(
                name=name,
                outcome=outcome,
                figures=figures(election, outcome),
                gained=tuple(sorted(won - first)),
                lost=tuple(sorted(first - won)),
            )
        )
    return tuple(found)


def with_budget(election: Election, budget: Number) -> Election:
    """The same ballots with another budget; caps grow and shrink with it."""
    factor = Fraction(budget) / election.budget if election.budget else Fraction(1)
    caps = tuple(replace(cap, amount=simplest(cap.amount * factor)) for cap in election.caps)
    return replace(election, budget=budget, caps=caps)
