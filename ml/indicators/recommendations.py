"""From figures to advice by rules that anybody can read: trigger, evidence, confidence, measures.

A rule is data. It fires where all its conditions hold, and then shows the very figures that made it
fire. Nothing is learned and nothing weighed in secret; a city changes a threshold by changing the
file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.indicators.panel import DataRefused

LOW, MEDIUM, HIGH = "low", "medium", "high"
CONFIDENCES = (LOW, MEDIUM, HIGH)
TESTS = ("below", "above", "falls", "rises", "older", "state")
_GUESSES = frozenset({"estimation", "personal", "unknown"})
_FEW = 30


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure as the indicators have it, with the one of the period before.

    ``age`` is how many years old its source is, ``state`` is measured, suppressed, few or
    not_measured.
    """

    value: float | None
    previous: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    provenance: str = "measured"
    state: str = "measured"
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to hold of a figure: below or above a limit, fallen or risen by per cent, …

    ``fact`` may hold one star, which stands for any text; in the conditions that follow the star is
    what the first one found.
    """

    fact: str
    test: str
    limit: float | str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Condition:
        """Read a condition such as ``{fact: CI5.official.turnout, below: 50}``."""
        tests = [name for name in TESTS if name in entry]
        if len(tests) != 1 or set(entry) != {"fact", tests[0]} or entry["fact"].count("*") > 1:
            raise DataRefused(f"A condition has a fact and one of {', '.join(TESTS)}: {entry}.")
        limit = entry[tests[0]]
        if (tests[0] == "state") != isinstance(limit, str):
            raise DataRefused(f"The limit of a condition is a number, of a state a word: {entry}.")
        return cls(entry["fact"], tests[0], limit)

    def holds(self, fact: Fact) -> bool:
        """Whether a figure meets the condition; what is not known meets none but a state."""
        if self.test == "state":
            return fact.state == self.limit
        limit = float(self.limit)
        if self.test == "older":
            return fact.age is not None and fact.age > limit
        if fact.value is None or fact.state != "measured":
            return False
        if self.test == "below":
            return fact.value < limit
        if self.test == "above":
            return fact.value > limit
        change = _change(fact)
        if change is None:
            return False
        return change <= -limit if self.test == "falls" else change >= limit

    def confidence(self, fact: Fact) -> str:
        """How sure it is that the condition holds, for a figure that meets it.

        Low for guesses and for fewer than thirty cases; high where the whole interval meets the
        condition; medium otherwise.
        """
        if self.test in {"state", "older"}:
            return HIGH
        if fact.provenance in _GUESSES or (fact.n is not None and fact.n < _FEW):
            return LOW
        if fact.low is None or fact.high is None:
            return MEDIUM
        if self.test in {"below", "above"}:
            limit = float(self.limit)
            clear = fact.high < limit if self.test == "below" else fact.low > limit
        else:
            assert fact.previous is not None  # it changed
            clear = fact.high < fact.previous if self.test == "falls" else fact.low > fact.previous
        return HIGH if clear else MEDIUM


@dataclass(frozen=True, slots=True)
class Rule:
    """When to advise what.

    ``at_most`` caps the confidence; ``least`` is the number of cases below which a figure, where
    its number of cases is known, says too little for this rule.
    """

    id: str
    conditions: tuple[Condition, ...]
    measures: tuple[str, ...]
    component: str = ""
    at_most: str = HIGH
    least: int = 0

    @classmethod
    def of(cls, id: str, entry: Mapping[str, Any], measures: Iterable[str]) -> Rule:
        """Read a rule and check it against the catalogue of measures."""
        conditions = tuple(Condition.of(each) for each in entry.get("when") or ())
        advised = tuple(entry.get("measures") or ())
        strange = set(advised) - set(measures)
        if not conditions or not advised or strange:
            raise DataRefused(f"Rule {id} needs conditions and known measures: {sorted(strange)}.")
        if any("*" in c.fact for c in conditions[1:]) and "*" not in conditions[0].fact:
            raise DataRefused(f"Rule {id}: the first condition binds the star.")
        at_most = entry.get("at_most", HIGH)
        if at_most not in CONFIDENCES:
            raise DataRefused(f"Rule {id}: confidence is one of {', '.join(CONFIDENCES)}.")
        least = int(entry.get("least", 0))
        return cls(id, conditions, advised, entry.get("component", ""), at_most, least)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure that made a rule fire, and the condition that it met."""

    code: str
    fact: Fact
    condition: Condition


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A rule that fired: for which component, on what evidence, how sure, what may be done."""

    rule: str
    component: str
    about: str
    evidence: tuple[Evidence, ...]
    confidence: str
    measures: tuple[str, ...]


def evaluate(rules: Sequence[Rule], facts: Mapping[str, Fact]) -> list[Recommendation]:
    """Every rule that fires on these figures, the surest first, otherwise in the rules' order.

    Examples
    --------
    >>> entry = {"when": [{"fact": "*.answered_30d", "below": 70}], "measures": ["clock"]}
    >>> rules = [Rule.of("slow", entry, ["clock"])]
    >>> facts = {
    ...     "SM-IT.answered_30d": Fact(40.0, low=35.0, high=45.0, n=400),
    ...     "SM-TP.answered_30d": Fact(90.0, low=88.0, high=92.0, n=900),
    ... }
    >>> [(found.rule, found.component, found.confidence) for found in evaluate(rules, facts)]
    [('slow', 'SM-IT', 'high')]
    """
    found = [each for rule in rules for each in _fired(rule, facts)]
    return sorted(found, key=lambda each: -CONFIDENCES.index(each.confidence))


def _fired(rule: Rule, facts: Mapping[str, Fact]) -> Iterable[Recommendation]:
    for star in _bindings(rule.conditions[0].fact, facts):
        evidence = []
        for condition in rule.conditions:
            code = condition.fact.replace("*", star)
            fact = facts.get(code)
            if fact is None or not condition.holds(fact):
                break
            if fact.n is not None and fact.n < rule.least:
                break
            evidence.append(Evidence(code, fact, condition))
        else:
            sure = [rule.at_most, *(e.condition.confidence(e.fact) for e in evidence)]
            yield Recommendation(
                rule=rule.id,
                component=rule.component or evidence[0].code.partition(".")[0],
                about=star,
                evidence=tuple(evidence),
                confidence=min(sure, key=CONFIDENCES.index),
                measures=rule.measures,
            )


def _bindings(pattern: str, facts: Mapping[str, Fact]) -> list[str]:
    if "*" not in pattern:
        return [""]
    before, after = pattern.split("*")
    fits = re.compile(re.escape(before) + r"(.+)" + re.escape(after))
    matches = (fits.fullmatch(code) for code in facts)
    return [match[1] for match in matches if match]


def _change(fact: Fact) -> float | None:
    """Change from the period before, in per cent."""
    if fact.value is None or not fact.previous:
        return None
    return 100 * (fact.value - fact.previous) / abs(fact.previous)
