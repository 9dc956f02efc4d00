"""The rule of a count: declared and hashed before the vote, so that nobody can choose it after."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from backend.ideas.count.election import Election, Project
from backend.ideas.count.money import Number, number, share, written

RULES = ("votes", "points", "equal-shares", "phragmen")
UTILITIES = ("cost", "cardinality")
LEFTOVERS = ("skip", "stop", "partial")
COMPLETIONS = ("none", "add1", "votes")
CAPS = ("ignore", "hold", "hold-then-fill")
SUPPORTS = ("none", "votes", "share", "cost-share")
TIES = ("cost", "votes", "lot", "order")


class RuleError(ValueError):
    """A rule that cannot be: says which part, and what it may be."""


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RuleError(f"{name}: '{value}' is not one of {', '.join(allowed)}")


_SPELLING = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Support:
    """The least support with which a project may win: votes, a share, or a share by cost."""

    kind: str = "none"
    value: Fraction = Fraction(0)

    @classmethod
    def parse(cls, text: str) -> "Support":
        """Read none, votes:N, share:X or cost-share:X."""
        kind, _, value = text.strip().partition(":")
        _one_of("minimum support", kind, SUPPORTS)
        if kind == "none":
            return cls()
        try:
            read = Fraction(number(value)) if kind == "votes" else share(value)
        except ValueError as error:
            raise RuleError(f"minimum support: {error}") from None
        if read < 0:
            raise RuleError("minimum support: below nothing")
        return cls(kind, read)

    def __str__(self) -> str:
        return self.kind if self.kind == "none" else f"{self.kind}:{written(self.value)}"

    def votes_needed(self, cost: Number, budget: Number, voters: int) -> Fraction:
        """How many votes a project of this cost needs."""
        if self.kind == "votes":
            return self.value
        if self.kind == "share":
            return self.value * voters
        if self.kind == "cost-share" and budget:
            return self.value * voters * Fraction(cost) / budget
        return Fraction(0)


@dataclass(frozen=True)
class Rule:
    """How ballots become winners. The seed of the lot is drawn in public after the vote."""

    name: str = "votes"
    utility: str = "cost"
    leftover: str = "skip"
    completion: str = "none"
    exhaustive_stop: bool = False
    caps: str = "ignore"
    min_support: Support = Support()
    tie: tuple[str, ...] = ("cost", "votes")
    seed: str = ""

    def __post_init__(self) -> None:
        _one_of("rule", self.name, RULES)
        _one_of("utility", self.utility, UTILITIES)
        _one_of("leftover", self.leftover, LEFTOVERS)
        _one_of("completion", self.completion, COMPLETIONS)
        _one_of("caps", self.caps, CAPS)
        for item in self.tie:
            _one_of("tie", item, TIES)
        if len(set(self.tie)) != len(self.tie):
            raise RuleError("tie: the same criterion stands twice")
        if self.completion == "add1" and self.name != "equal-shares":
            raise RuleError("completion: add1 belongs to equal-shares")
        if self.exhaustive_stop and self.completion != "add1":
            raise RuleError("exhaustive stop: only with completion add1")

    def declared(self) -> dict[str, Any]:
        """What is frozen when voting opens: everything but the seed."""
        return {
            "caps": self.caps,
            "completion": self.completion,
            "exhaustive_stop": self.exhaustive_stop,
            "leftover": self.leftover,
            "min_support": str(self.min_support),
            "rule": self.name,
            "tie": list(self.tie),
            "utility": self.utility,
        }

    @property
    def hash(self) -> str:
        """The fingerprint of the declared rule."""
        return hashlib.sha256(canonical(self.declared())).hexdigest()

    def with_seed(self, seed: str) -> "Rule":
        """The same rule with the seed that was drawn."""
        return replace(self, seed=seed)


def rule_from(declared: Mapping[str, Any], seed: str = "") -> Rule:
    """A rule back from what was declared; unknown or missing parts are refused."""
    known = set(Rule().declared())
    if set(declared) != known:
        raise RuleError(f"rule: parts must be {', '.join(sorted(known))}")
    return Rule(
        name=declared["rule"],
        utility=declared["utility"],
        leftover=declared["leftover"],
        completion=declared["completion"],
        exhaustive_stop=declared["exhaustive_stop"] is True,
        caps=declared["caps"],
        min_support=Support.parse(declared["min_support"]),
        tie=tuple(declared["tie"]),
        seed=seed,
    )


def parse_tie(text: str) -> tuple[tuple[str, ...], str]:
    """Read cost,votes,lot:SEED into the criteria and the seed."""
    criteria, seed = [], ""
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = item.partition(":")
        if name == "lot":
            if not value:
                raise RuleError("tie: a lot needs its seed, as in lot:SEED")
            seed = value
        elif value:
            raise RuleError(f"tie: '{name}' takes no value")
        criteria.append(name)
    return tuple(criteria), seed


def canonical(value: object) -> bytes:
    """One spelling for each value: UTF-8 JSON, keys sorted, no spaces."""
    return _SPELLING.encode(value).encode()


def lot(seed: str, project_id: str) -> str:
    """A project's place in the lot: anybody can compute it from the public seed."""
    return hashlib.sha256((seed + project_id).encode()).hexdigest()


def tie_key(rule: Rule, project: Project, votes: int, place: int) -> tuple[Any, ...]:
    """Smaller goes first: the rule's criteria in order, and at the end the order of the list."""
    criteria: dict[str, Any] = {
        "cost": project.cost,
        "votes": -votes,
        "lot": lot(rule.seed, project.id) if rule.seed else "",
        "order": place,
    }
    return (*(criteria[item] for item in rule.tie), place)


def terms(election: Election, ballot: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
    """All that voters may rely on when voting opens: the rule, the money, the list, the ballot.

    `ballot` is what the vote holds itself to (kind, how many choices); it is kept as given.
    """
    return {
        "ballot": dict(ballot),
        "budget": written(election.budget),
        "caps": [[cap.kind, cap.name, written(cap.amount)] for cap in election.caps],
        "projects": [
            {
                "area": project.area,
                "categories": list(project.categories),
                "cost": written(project.cost),
                "group": project.group,
                "id": project.id,
                "name": project.name,
            }
            for project in election.projects
        ],
        "rule": rule.declared(),
    }


def terms_hash(frozen: Mapping[str, Any]) -> str:
    """The fingerprint of the terms, published when voting opens."""
    return hashlib.sha256(canonical(frozen)).hexdigest()
