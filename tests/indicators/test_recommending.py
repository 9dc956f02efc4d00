"""Every rule fires on what it is for, stays silent short of it, and shows why it fired."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.i18n import LANGUAGES
from backend.indicators.catalogue import catalogue
from backend.indicators.recommending import advice, facts_of, recommend
from ml import taxonomy
from ml.indicators.panel import DataRefused
from ml.indicators.recommendations import Condition, Fact, Rule, evaluate

RULES = {rule.id: rule for rule in advice().rules}
GROUPS = {"age": "65+", "district": "North", "sex": "f"}


def code_of(condition: Condition) -> str:
    """A figure of the catalogue that the condition may be about."""
    if condition.fact.startswith("ratio."):
        return condition.fact.replace("*", GROUPS[condition.fact.split(".")[1]])
    before, _, after = condition.fact.partition("*")
    exact = "*" not in condition.fact
    codes = [
        code
        for code in sorted(catalogue().sub_indicators)
        if (code == condition.fact if exact else code.startswith(before) and code.endswith(after))
    ]
    return codes[0] if codes else ""


def meeting(condition: Condition, fact: Fact, *, by: float) -> Fact:
    """The figure on one side of the condition's limit or, with a negative ``by``, on the other."""
    if condition.test == "state":
        return replace(fact, state=condition.limit if by > 0 else "measured")
    limit = float(condition.limit)
    if condition.test == "older":
        return replace(fact, age=int(limit + 1) if by > 0 else int(limit))
    if condition.test in {"below", "above"}:
        value = limit - by * limit if condition.test == "below" else limit + by * limit
        return replace(fact, value=value)
    change = limit * (1 + by) / 100
    start = fact.value if fact.value is not None else 100.0
    factor = 1 - change if condition.test == "falls" else 1 + change
    return replace(fact, value=start, previous=start / factor)


def facts_for(rule: Rule, *, by: float, last: float) -> dict[str, Fact]:
    """Figures that meet all conditions but the last as ``by`` says, the last as ``last`` says."""
    facts: dict[str, Fact] = {}
    star = ""
    ordered = sorted(rule.conditions, key=lambda c: c.test in {"falls", "rises"})
    for condition in rule.conditions:
        if "*" in condition.fact and not star:
            before, after = condition.fact.split("*")
            star = code_of(condition)[len(before) :].removesuffix(after)
    for condition in ordered:
        code = condition.fact.replace("*", star)
        side = last if condition is rule.conditions[-1] else by
        facts[code] = meeting(condition, facts.get(code, Fact(100.0, n=500)), by=side)
    return facts


def fired(rule: Rule, facts: dict[str, Fact]) -> list:
    return [found for found in recommend(facts) if found.rule == rule.id]


def test_there_are_enough_rules_for_every_domain() -> None:
    assert len(RULES) >= 40
    named = {c.fact.partition(".")[0] for rule in RULES.values() for c in rule.conditions}
    domains = {taxonomy.domain_of(name) for name in named if name in taxonomy.component_codes()}
    assert domains == set(taxonomy.domain_codes())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_fires_and_shows_why(rule: Rule) -> None:
    found = fired(rule, facts_for(rule, by=0.1, last=0.1))
    assert len(found) == 1
    assert [e.condition for e in found[0].evidence] == list(rule.conditions)
    assert found[0].measures
    assert found[0].component in {*taxonomy.component_codes()}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_silent_short_of_its_limit(rule: Rule) -> None:
    assert fired(rule, facts_for(rule, by=0.1, last=-0.1)) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_silent_at_its_very_limit_and_without_figures(rule: Rule) -> None:
    if rule.conditions[-1].test in {"below", "above"}:
        assert fired(rule, facts_for(rule, by=0.1, last=0.0)) == []
    assert fired(rule, {}) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_suppressed_figure_fires_nothing(rule: Rule) -> None:
    facts = facts_for(rule, by=0.1, last=0.1)
    hidden = {c: replace(f, value=None, state="suppressed", age=None) for c, f in facts.items()}
    assert fired(rule, hidden) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_speaks_of_figures_that_exist_in_every_language(rule: Rule) -> None:
    for condition in rule.conditions:
        assert condition.fact.startswith("ratio.") or code_of(condition)
    for language in LANGUAGES:
        assert language in advice().titles[rule.id]
        for measure in rule.measures:
            assert language in advice().measures[measure]


def test_every_measure_is_advised_by_some_rule() -> None:
    assert {m for rule in RULES.values() for m in rule.measures} == set(advice().measures)


# Confidence ----------------------------------------------------------------------------------

LOW_TURNOUT = [RULES["low_turnout"]]


@pytest.mark.parametrize(
    ("fact", "confidence"),
    [
        (Fact(40.0, low=38.0, high=42.0, n=900), "high"),
        (Fact(49.0, low=46.0, high=52.0, n=900), "medium"),
        (Fact(40.0), "medium"),
        (Fact(40.0, low=38.0, high=42.0, n=12), "low"),
        (Fact(40.0, low=38.0, high=42.0, provenance="estimation"), "low"),
    ],
)
def test_confidence_follows_interval_number_and_origin(fact: Fact, confidence: str) -> None:
    assert evaluate(LOW_TURNOUT, {"CI5.official.turnout": fact})[0].confidence == confidence


def test_an_experiment_is_never_a_sure_thing() -> None:
    facts = {"CI2.modules": Fact(0.1, low=0.0, high=0.2, n=5_000)}
    assert evaluate([RULES["few_learn"]], facts)[0].confidence == "low"


def test_three_reports_after_one_are_no_trend() -> None:
    few = {"MI5.reports": Fact(0.3, previous=0.1, n=3)}
    assert fired(RULES["more_reports"], few) == []
    many = {"MI5.reports": Fact(3.0, previous=1.0, n=300)}
    assert len(fired(RULES["more_reports"], many)) == 1


def test_the_surest_come_first() -> None:
    facts = {
        "CI2.modules": Fact(0.1),
        "CI5.official.turnout": Fact(30.0, low=29.0, high=31.0),
        "SG-PI.official.women": Fact(20.0),
    }
    assert [r.rule for r in recommend(facts)] == ["low_turnout", "few_women", "few_learn"]


def test_a_star_is_the_same_in_all_conditions() -> None:
    facts = {"SM-IT.answered_30d": Fact(95.0), "SM-TP.satisfaction": Fact(1.5)}
    assert fired(RULES["quick_but_unhappy"], facts) == []
    facts["SM-IT.satisfaction"] = Fact(2.0)
    found = fired(RULES["quick_but_unhappy"], facts)
    assert [(f.component, f.about) for f in found] == [("SM-IT", "SM-IT")]


def test_facts_come_from_values_of_the_whole_city() -> None:
    row = {
        "code": "SG-5.backlog", "level": "sub", "district": "", "value": 40.0, "low": 38.0,
        "high": 42.0, "n": 900, "provenance": None, "state": "measured", "period": "2026-Q2",
        "source_period": "2020",
    }  # fmt: skip
    other = row | {"district": "north", "value": 99.0}
    facts = facts_of([row, other], [row | {"value": 20.0}], {"age": {"65+": 0.36}})
    assert facts["SG-5.backlog"] == Fact(40.0, 20.0, 38.0, 42.0, 900, "measured", "measured", 6)
    names = {found.rule for found in recommend(facts)}
    assert names == {"backlog_high", "backlog_grows", "old_source", "age_missing"}


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_worse_figure_never_silences_a_rule(first: float, second: float) -> None:
    worse, better = sorted([first, second])
    if fired(RULES["low_turnout"], {"CI5.official.turnout": Fact(better)}):
        assert fired(RULES["low_turnout"], {"CI5.official.turnout": Fact(worse)})


@pytest.mark.parametrize(
    "entry",
    [
        {"when": [], "measures": ["m"]},
        {"when": [{"fact": "x", "below": 1}], "measures": []},
        {"when": [{"fact": "x", "below": 1}], "measures": ["unknown"]},
        {"when": [{"fact": "x", "near": 1}], "measures": ["m"]},
        {"when": [{"fact": "x", "below": "1"}], "measures": ["m"]},
        {"when": [{"fact": "x", "state": 1}], "measures": ["m"]},
        {"when": [{"fact": "x", "below": 1}, {"fact": "*.y", "below": 1}], "measures": ["m"]},
        {"when": [{"fact": "x", "below": 1}], "measures": ["m"], "at_most": "certain"},
    ],
)
def test_a_rule_that_cannot_be_right_is_refused(entry) -> None:
    with pytest.raises(DataRefused):
        Rule.of("wrong", entry, ["m"])
