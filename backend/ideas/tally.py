"""From a frozen vote and its ballots to the engine's terms, package, comparisons and signals."""

from collections.abc import Iterable, Mapping, Sequence
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
    signals,
    terms,
)
from backend.ideas.count.figures import figures
from backend.ideas.count.package import PublishedBallot, receipt_mark
from backend.ideas.count.sensitivity import firmness

ENGINE_KINDS = {
    "approval": "approval", "knapsack": "approval", "points": "cumulative", "ranked": "ordinal",
}  # fmt: skip
TRIALS, MOST_STEPS, MOST_CLUSTERS = 20, 500, 20
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
            outcome = _quickly(election, rule)
        except (RuleError, ValueError):
            continue
        found.append({"rule": rule.name, **summary(election, outcome)})
    return found


def summary(election: Election, outcome: Outcome) -> dict[str, Any]:
    """How many got something, what they got, how evenly, and what it cost."""
    found = figures(election, outcome)
    return {
        "selected": list(outcome.selected),
        "spent": float(found.spent),
        "with_a_winner": float(found.share_with_a_winner),
        "winners_each": float(found.mean_winners),
        "gini": float(found.gini),
    }


def sensitivity(election: Election, rule: Rule, outcome: Outcome, seed: str) -> dict[str, Any]:
    """What one ballot in a hundred would change: left out by lot, added to a loser, or missing
    from a winner."""
    found = firmness(
        election, rule, _quickly, tries=TRIALS, seed=seed, each=rule.completion != "add1"
    )
    won = set(outcome.selected)
    flips = {
        name: found.tries - times if name in won else times for name, times in found.kept.items()
    }
    return {
        "trials": found.tries,
        "left_out": found.ballots,
        "changes": [
            {"id": name, "trials": times}
            for name, times in sorted(flips.items(), key=lambda flip: (-flip[1], flip[0]))
            if times
        ],
        "could_win": list(found.could_win),
        "could_lose": list(found.could_lose),
    }


def _quickly(election: Election, rule: Rule) -> Outcome:
    return count(election, rule, exact=False, explain=False)


def clusters(kind: str, ballots: Sequence[Cast]) -> list[dict[str, Any]]:
    """Identical ballots in numbers that choosing for oneself would hardly give.

    A signal for people to look at: a school class or a family explains many of them.
    """
    sets = [sorted(numbers_in(kind, choices)) for _tracker, choices, _salt in ballots]
    listed = [Project(str(number), 0) for number in sorted({n for names in sets for n in names})]
    election = election_of("approval", 0, listed, ((map(str, names), ()) for names in sets))
    return [
        {
            "numbers": [int(name) for name in cluster.choices],
            "ballots": cluster.ballots,
            "expected": round(cluster.expected, 2),
            "chance": cluster.chance,
        }
        for cluster in signals.clusters(election)[:MOST_CLUSTERS]
    ]


def bursts(hours: Sequence[tuple[Any, int]]) -> list[dict[str, Any]]:
    """Hours in which far more people voted than around them; from the marks, not the ballots."""
    return [{"hour": burst.span, "voters": burst.marks} for burst in signals.bursts(hours)]
