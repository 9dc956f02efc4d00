"""Every rule against its plainest form, and what the rules promise."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.ideas.count import (
    Cap,
    Project,
    Rule,
    RuleError,
    Support,
    completion,
    count,
    counting,
    election_of,
    rule_from,
    terms,
    terms_hash,
)
from backend.ideas.count.completion import Shares, TooManySteps, last_endowment
from backend.ideas.count.state import State
from tests.ideas.count.inventing import elections, rules
from tests.ideas.count.naive import winners


def approvals(budget, costs, ballots, **more):
    projects = [Project(name, cost, **more.get(name, {})) for name, cost in costs.items()]
    return election_of("approval", budget, projects, [(ids, ()) for ids in ballots])


@given(elections(), rules())
def test_every_rule_agrees_with_its_plainest_form(election, rule) -> None:
    expected, part = winners(election, rule) if election.voters else (None, None)
    for exact in (True, False):
        outcome = count(election, rule, exact=exact)
        if expected is not None:
            assert list(outcome.selected) == expected
            assert (outcome.partly or (None,))[0] == part
        assert outcome.spent <= election.budget
        assert set(outcome.projects) == {project.id for project in election.projects}
        assert all(verdict.why for verdict in outcome.projects.values())


@given(elections(), rules(names=("equal-shares",)))
def test_the_heaps_and_the_arrays_find_the_same(election, rule) -> None:
    plain = counting.count(election, rule, exact=False)
    assert plain.selected == count(election, rule, exact=False).selected
    assert count(election, rule, exact=True) == counting.count(election, rule, exact=True)


@given(elections(), rules(names=("votes", "points")))
def test_with_the_votes_it_lacked_a_loser_wins_and_with_one_less_it_does_not(
    election, rule
) -> None:
    unit = "points" if rule.name == "points" else "votes"
    if election.kind != "approval" or rule.min_support.kind.endswith("share"):
        return  # one more vote is one more voter here, which moves the shares
    outcome = count(election, rule)
    for verdict in outcome.projects.values():
        lacked = (verdict.lacked or {}).get(unit)
        if verdict.outcome == "won" or not lacked:
            continue

        def with_more(votes, name=verdict.id):
            place = [project.id for project in election.projects].index(name)
            ballot = replace(election.ballots[0][0], choices=(place,)) if election.ballots else None
            if ballot is None:
                return None
            return replace(election, ballots=(*election.ballots, (ballot, votes)))

        more = with_more(lacked)
        if more:
            assert verdict.id in count(more, rule).selected
            fewer = with_more(lacked - 1)
            assert lacked == 1 or verdict.id not in count(fewer, rule).selected


def test_leftover_money_is_skipped_past_stopped_at_or_given_in_part() -> None:
    election = approvals(100, {"a": 70, "b": 50, "c": 30}, [["a", "b", "c"], ["a", "b"], ["a"]])
    assert count(election, Rule()).selected == ("a", "c")
    assert count(election, Rule(leftover="stop")).selected == ("a",)
    part = count(election, Rule(leftover="partial"))
    assert (part.selected, part.partly, part.spent) == (("a",), ("b", 30), 100)
    assert part.projects["b"].outcome == "partly"
    assert "stopped at b" in part.projects["c"].why


def test_a_cap_is_held_and_then_filled_over() -> None:
    green = {"categories": ("green",)}
    projects = [Project("a", 40, **green), Project("b", 30, **green), Project("c", 20)]
    cast = [(["a", "b", "c"], ()), (["a", "b"], ()), (["a"], ())]
    election = election_of("approval", 100, projects, cast, [Cap("category", "green", 50)])
    assert count(election, Rule()).selected == ("a", "b", "c")
    held = count(election, Rule(caps="hold"))
    assert held.selected == ("a", "c")
    assert held.projects["b"].why == "The cap of green left only 10."
    filled = count(election, Rule(caps="hold-then-fill"))
    assert filled.selected == ("a", "c", "b")
    assert filled.rounds[-1]["step"] == "fill"


def test_of_a_group_only_one_wins() -> None:
    group = {"group": "square"}
    election = approvals(
        100, {"a": 10, "b": 10, "c": 10}, [["a", "b"], ["a"], ["c"]], a=group, b=group
    )
    for name in ("votes", "phragmen", "equal-shares"):
        outcome = count(election, Rule(name=name))
        assert "a" in outcome.selected
        assert "b" not in outcome.selected
        assert outcome.projects["b"].why.endswith("and a did.")


def test_a_ranked_ballot_of_three_places_gives_three_two_and_one_points() -> None:
    projects = [Project(name, 1) for name in "abc"]
    cast = [(["b", "a", "c"], ()), (["b", "c"], ())]
    outcome = count(election_of("ordinal", 9, projects, cast), Rule(name="points"))
    assert {name: v.points for name, v in outcome.projects.items()} == {"a": 2, "b": 5, "c": 2}


def test_a_tie_ends_in_a_public_lot_that_anybody_can_draw() -> None:
    election = approvals(10, {"a": 10, "b": 10}, [["a"], ["b"]])
    rule = Rule(tie=("cost", "votes", "lot"))
    with pytest.raises(RuleError, match="has not been drawn"):
        count(election, rule)
    drawn = {count(election, rule.with_seed(str(seed))).selected for seed in range(20)}
    assert drawn == {("a",), ("b",)}


def test_without_a_lot_equals_follow_cost_then_votes_then_the_list() -> None:
    election = approvals(10, {"x": 10, "b": 8, "a": 8}, [["x"], ["b"], ["a"]])
    assert count(election, Rule()).selected == ("b",)


def test_equal_shares_tells_a_loser_how_many_supporters_more() -> None:
    costs = {"big": 60, "small": 20}
    outcome = count(
        approvals(100, costs, [["big"], ["big"], ["small"], ["small"], []]),
        Rule(name="equal-shares"),
    )
    verdict = outcome.projects["big"]
    assert outcome.selected == ("small",)
    assert verdict.lacked == {"reached": pytest.approx(2 / 3), "money": 20, "supporters": 1}
    assert verdict.why == (
        "Its supporters had 67% of its cost left; it lacked the money of about 1 more."
    )


def test_the_exhaustive_stop_is_a_choice_that_changes_winners() -> None:
    election = approvals(15, {"a": 4, "b": 8, "c": 10}, [["b", "c"], ["a"], ["a", "b"], ["c"]])
    with_stop = Rule(name="equal-shares", completion="add1", exhaustive_stop=True)
    found = count(election, with_stop)
    without = count(election, replace(with_stop, exhaustive_stop=False))
    assert (found.selected, without.selected) == (("a", "c"), ("a", "b"))


@example(approvals(3, {"a": 1, "b": 2}, [["a"], ["a", "b"], ["b"]]), Rule(name="equal-shares"))
@given(elections(kinds=("approval",)), rules())
def test_the_order_of_ballots_does_not_matter(election, rule) -> None:
    turned = replace(election, ballots=tuple(reversed(election.ballots)))
    assert count(election, rule).selected == count(turned, rule).selected


def test_a_rule_is_known_by_its_hash_and_comes_back_from_what_was_declared() -> None:
    rule = Rule(name="equal-shares", completion="add1", min_support=Support.parse("share:5 %"))
    assert rule_from(rule.declared()) == rule
    assert rule.hash == rule.with_seed("drawn later").hash
    assert rule.hash != replace(rule, exhaustive_stop=True).hash
    with pytest.raises(RuleError):
        rule_from({**rule.declared(), "extra": 1})


def test_the_terms_change_when_anything_that_voters_rely_on_changes() -> None:
    election = approvals(100, {"a": 70, "b": 50}, [])
    frozen = terms(election, {"kind": "approval", "max": 2}, Rule())
    changed = [
        terms(replace(election, budget=101), {"kind": "approval", "max": 2}, Rule()),
        terms(election, {"kind": "approval", "max": 3}, Rule()),
        terms(election, {"kind": "approval", "max": 2}, Rule(leftover="stop")),
        terms(approvals(100, {"a": 71, "b": 50}, []), {"kind": "approval", "max": 2}, Rule()),
    ]
    assert len({terms_hash(frozen), *map(terms_hash, changed)}) == 5


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"name": "majority"}, "rule"),
        ({"completion": "add1"}, "belongs to equal-shares"),
        ({"exhaustive_stop": True}, "exhaustive stop"),
        ({"tie": ("cost", "cost")}, "stands twice"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(parts, what) -> None:
    with pytest.raises(RuleError, match=what):
        Rule(**parts)


def test_minimum_support_by_cost_asks_more_of_dear_projects() -> None:
    election = approvals(90, {"dear": 60, "cheap": 10}, [["dear", "cheap"], [], [], [], []])
    rule = Rule(min_support=Support("cost-share", Fraction(1, 3)))
    outcome = count(election, rule)
    assert outcome.selected == ("cheap",)
    assert outcome.projects["dear"].why == "It stayed below the minimum support of 2 votes."


@given(elections(), rules(names=("equal-shares",)), st.integers(1, 60))
def test_add1_at_one_stroke_ends_where_it_ends_step_by_step(election, rule, factor) -> None:
    projects = tuple(replace(p, cost=p.cost * factor) for p in election.projects)
    caps = tuple(replace(cap, amount=cap.amount * factor) for cap in election.caps)
    dear = replace(election, projects=projects, budget=election.budget * factor, caps=caps)
    add1 = replace(rule, completion="add1")
    if not dear.voters:
        return
    state = State(dear, add1)
    if not any(state.votes[at] for at in state.open):
        return
    start = Fraction(dear.budget) / dear.voters
    strokes, steps = Shares(state), Shares(state)
    steps.__class__ = type("Patient", (Shares,), {"few": False})
    with patch.object(completion, "MOST_STEPS", 3_000):
        try:
            slow = last_endowment(steps, start)
        except TooManySteps:
            return
    assert last_endowment(strokes, start) == slow


def test_few_voters_and_much_money_are_counted_at_once() -> None:
    election = approvals(
        5_000_000,
        {"a": 2_000_000, "b": 1_999_999, "c": 1_500_000},
        [["a", "b"], ["b", "c"], ["c"], ["b"]],
    )
    rule = Rule(name="equal-shares", completion="add1")
    outcome = count(election, rule)
    assert outcome.selected == ("b", "c")
    assert outcome.endowment == 2_666_666
