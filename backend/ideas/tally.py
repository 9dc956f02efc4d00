"""From a frozen vote and its ballots to the engine's terms, package, comparisons and signals."""

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend.ideas.ballot_form import numbers_in
from backend.ideas.count import (
    Cap,
    Election,
    Outcome,
    Project,
    Rule,
    RuleError,
    count,
    election_of,
    rule_from,
    terms,
)
from backend.ideas.count.package import PublishedBallot, receipt_mark

ENGINE_KINDS = {
    "approval": "approval", "knapsack": "approval", "points": "cumulative", "ranked": "ordinal",
}  # fmt: skip
LEFT_OUT, TRIALS, MOST_STEPS = 0.01, 20, 500
LEAST_CLUSTER, UNLIKELY = 5, 1e-6
LEAST_BURST, BURST_SIGMAS = 20, 6
Cast = tuple[str, list[Any], str]
"""A ballot as it lies in the box: tracker, choices, salt."""


def project_id(option: Mapping[str, Any]) -> str:
    """How an idea is called in packages: by its number on the ballot."""
    return str(option["number"])


def pot_terms(
    manifest: Mapping[str, Any], pot: Mapping[str, Any], rule: Mapping[str, Any]
) -> dict[str, Any]:
    """What is frozen of one pot: rule, money, list and ballot, as the package publishes it."""
    form = dict(manifest["ballot"])
    caps = [
        Cap(cap["kind"], cap["name"], cap["amount"])
        for cap in form.pop("caps", None) or ()
        if cap.get("pot") in (None, pot["code"])
    ]
    projects = [
        Project(
            id=project_id(option), cost=option["cost"], name=option["title"],
            categories=tuple(option["categories"]), area=pot["code"],
            group=option["exclusion"] or "",
        )
        for option in manifest["options"]
        if option["pot"] == pot["code"]
    ]  # fmt: skip
    kind = ENGINE_KINDS[form["kind"]]
    election = election_of(kind, pot["budget"], projects, (), caps)
    return terms(election, {**form, "kind": kind, "form": form["kind"]}, rule_from(rule))


def published(kind: str, ballots: Iterable[Cast], numbers: frozenset[int], *, all_in: bool,
              spoken: Any) -> list[PublishedBallot]:  # fmt: skip
    """A pot's ballots as they are published; one that names nothing in the pot is not among them,
    unless the pot is the only one."""
    found = []
    for tracker, choices, _salt in ballots:
        mark = receipt_mark(spoken(tracker))
        if kind == "points":
            mine = [pair for pair in choices if pair[0] in numbers]
            entry = PublishedBallot(
                mark, tuple(str(n) for n, _p in mine), tuple(points for _n, points in mine)
            )
        else:
            entry = PublishedBallot(mark, tuple(str(n) for n in choices if n in numbers))
        if all_in or entry.choices:
            found.append(entry)
    return found


def compare(election: Election, declared: Rule) -> list[dict[str, Any]]:
    """What other rules would have given on the same ballots."""
    tie = tuple(item for item in declared.tie if item != "lot" or declared.seed)
    # Add1 goes up by one unit of money for each voter: too many steps where few voters share much.
    few_steps = election.budget <= MOST_STEPS * max(election.voters, 1)
    others = (
        Rule("votes", tie=tie, seed=declared.seed),
        Rule(
            "equal-shares", completion="add1" if few_steps else "votes", tie=tie, seed=declared.seed
        ),
        Rule("phragmen", completion="votes", tie=tie, seed=declared.seed),
    )
    found = []
    for rule in others:
        try:
            outcome = count(election, rule, exact=False, explain=False)
        except (RuleError, ValueError):
            continue
        found.append({"rule": rule.name, **summary(election, outcome)})
    return found


def summary(election: Election, outcome: Outcome) -> dict[str, Any]:
    """How many got something, what they got, and what it cost."""
    winners = {at for at, p in enumerate(election.projects) if p.id in outcome.selected}
    with_one = sum(n for ballot, n in election.ballots if winners & set(ballot.choices))
    chosen = sum(n * len(winners & set(ballot.choices)) for ballot, n in election.ballots)
    voters = election.voters or 1
    return {
        "selected": list(outcome.selected),
        "spent": float(outcome.spent),
        "with_a_winner": with_one / voters,
        "winners_each": chosen / voters,
    }


def sensitivity(election: Election, rule: Rule, outcome: Outcome, seed: str) -> dict[str, Any]:
    """What would change without one ballot in a hundred, drawn again and again."""
    chance = random.Random(seed)  # noqa: S311 - repeatable by everyone
    won, flips = set(outcome.selected), Counter[str]()
    number = max(1, round(election.voters * LEFT_OUT))
    for _trial in range(TRIALS if election.voters > 1 else 0):
        fewer = _without(election, number, chance)
        again = set(count(fewer, rule, exact=False, explain=False).selected)
        flips.update(won ^ again)
    return {
        "trials": TRIALS,
        "left_out": number,
        "changes": [{"id": name, "trials": times} for name, times in flips.most_common()],
    }


def _without(election: Election, number: int, chance: random.Random) -> Election:
    places = chance.sample(range(election.voters), min(number, election.voters - 1))
    gone, at = Counter[int](), 0
    wanted = iter(sorted(places))
    place = next(wanted, None)
    for index, (_ballot, count_) in enumerate(election.ballots):
        while place is not None and place < at + count_:
            gone[index] += 1
            place = next(wanted, None)
        at += count_
    kept = tuple(
        (ballot, n - gone[index])
        for index, (ballot, n) in enumerate(election.ballots)
        if n > gone[index]
    )
    return replace(election, ballots=kept)


def clusters(kind: str, ballots: Sequence[Cast]) -> list[dict[str, Any]]:
    """Identical ballots in numbers that independent choice would hardly give.

    A signal for people to look at: a school class or a family explains many of them.
    """
    total = len(ballots)
    if total < LEAST_CLUSTER:
        return []
    sets = Counter(tuple(sorted(numbers_in(kind, choices))) for _t, choices, _s in ballots)
    popular = Counter(n for names, times in sets.items() for n in names for _ in range(times))
    share = {number: times / total for number, times in popular.items()}
    found = []
    for names, times in sets.items():
        if times < LEAST_CLUSTER:
            continue
        chance = math.prod(share[n] if n in names else 1 - share[n] for n in share if share[n] < 1)
        expected = max(total * chance, 1e-9)
        if (likely := poisson_tail(times, expected)) < UNLIKELY:
            found.append(
                {"numbers": list(names), "ballots": times, "expected": round(expected, 2),
                 "chance": likely}
            )  # fmt: skip
    return sorted(found, key=_by_chance)[:20]


def _by_chance(row: Mapping[str, Any]) -> tuple[float, int]:
    return float(row["chance"]), -int(row["ballots"])


def poisson_tail(observed: int, expected: float) -> float:
    """The chance of at least so many, if each came by itself."""
    log_term = -expected + observed * math.log(expected) - math.lgamma(observed + 1)
    term, total, at = math.exp(max(log_term, -700)), 0.0, observed
    while term > total * 1e-12 and at < observed + 10_000:
        total += term
        at += 1
        term *= expected / at
    return min(1.0, total)


def bursts(hours: Sequence[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Hours in which far more people voted than in others; from the marks, not the ballots."""
    if len(hours) < 3:
        return []
    numbers = sorted(number for _hour, number in hours)
    middle = numbers[len(numbers) // 2]
    bound = max(LEAST_BURST, middle + BURST_SIGMAS * math.sqrt(max(middle, 1)))
    return [{"hour": hour, "voters": number} for hour, number in hours if number > bound]
