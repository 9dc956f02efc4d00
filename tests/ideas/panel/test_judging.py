"""What a jury's scores mean, on an example worked by hand and on invented juries."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ideas.panel import NotConnected, judge, weighted
from backend.ideas.panel.judging import fractions, juror_effects, kendalls_w, too_few

# Four jurors, five ideas; who recused leaves a gap. The lenient A saw i3 and not i4.
SCORES = fractions(
    {
        "A": {"i1": "9", "i2": "8", "i3": "9.5"},
        "B": {"i1": "4", "i3": "5", "i4": "6", "i5": "3"},
        "C": {"i1": "7", "i2": "6.8", "i4": "7.4", "i5": "6.6"},
        "D": {"i2": "6", "i3": "8", "i4": "9"},
    }
)
WORKED = {
    "raw_mean": (6.667, 6.933, 7.500, 7.467, 4.800),
    "z_mean": (6.800, 4.863, 7.897, 9.211, 4.492),
    "corrected": (6.804, 6.056, 7.565, 8.142, 6.019),
    "borda": (0.500, 0.111, 0.722, 1.000, 0.000),
    "median": (7.0, 6.8, 8.0, 7.4, 3.0),
}
COMPLETE = st.lists(st.lists(st.integers(0, 10), min_size=4, max_size=4), min_size=2, max_size=5)


def named(rows):
    return {
        f"j{j}": {f"i{i}": Fraction(score) for i, score in enumerate(row)}
        for j, row in enumerate(rows)
    }


@pytest.mark.parametrize("method", WORKED)
def test_the_worked_example_comes_out_digit_for_digit(method) -> None:
    found = getattr(judge(SCORES), method)
    assert tuple(f"{float(found[f'i{n}']):.3f}" for n in range(1, 6)) == tuple(
        f"{value:.3f}" for value in WORKED[method]
    )


def test_the_worked_example_is_won_by_i4_and_every_juror_could_have_been_missing() -> None:
    result = judge(SCORES)
    assert result.order == ("i4", "i3", "i1", "i2", "i5")
    assert {name: f"{float(value):+.3f}" for name, value in result.leniency.items()} == {
        "A": "+2.025",
        "B": "-2.632",
        "C": "+0.195",
        "D": "+0.412",
    }
    assert set(result.winner_without.values()) == {"i4"}
    assert result.judged_by == {"i1": 3, "i2": 3, "i3": 3, "i4": 3, "i5": 2}
    assert result.agreement_estimated


@given(COMPLETE)
def test_where_everybody_judged_everything_correcting_changes_nothing(rows) -> None:
    result = judge(named(rows))
    assert result.corrected == result.raw_mean
    assert sum(result.leniency.values()) == 0


@given(st.lists(st.integers(-5, 5), min_size=4, max_size=4), st.integers(0, 3))
def test_a_juror_who_is_stricter_throughout_changes_no_order(quality, strict) -> None:
    plan = {"a": (0, 1), "b": (1, 2), "c": (2, 3), "d": (3, 0)}
    scores = {
        juror: {f"i{i}": Fraction(quality[i] - (strict if juror == "b" else 0)) for i in ideas}
        for juror, ideas in plan.items()
    }
    found, leniency = juror_effects(scores)
    assert leniency["a"] - leniency["b"] == strict
    assert [found[f"i{i}"] - found["i0"] for i in range(4)] == [q - quality[0] for q in quality]


@given(COMPLETE)
def test_agreement_lies_between_none_and_full(rows) -> None:
    found = kendalls_w(named(rows))
    assert found is None or 0 <= found <= 1


def test_agreement_is_full_where_all_put_the_ideas_in_one_order() -> None:
    assert kendalls_w(named([[1, 2, 3, 4], [5, 6, 7, 9]])) == 1
    assert kendalls_w(named([[1, 2, 3, 4], [4, 3, 2, 1]])) == 0


def test_jurors_who_share_no_idea_cannot_be_compared() -> None:
    scores = fractions({"a": {"x": 1, "y": 2}, "b": {"z": 3}})
    with pytest.raises(NotConnected) as caught:
        judge(scores)
    assert caught.value.parts == [["a"], ["b"]]


def test_leaving_out_the_one_juror_who_links_the_others_says_that_nobody_knows() -> None:
    scores = fractions({"a": {"x": 5}, "b": {"x": 5, "y": 7}, "c": {"y": 3}})
    assert judge(scores).winner_without["b"] is None


def test_criteria_weigh_as_they_were_frozen() -> None:
    weights = {"use": Fraction(3), "cost": Fraction(1)}
    assert weighted({"use": Fraction(8), "cost": Fraction(4)}, weights) == 7
    with pytest.raises(ValueError, match="every criterion"):
        weighted({"use": Fraction(8)}, weights)


def test_ideas_with_too_few_scores_are_named() -> None:
    assert too_few(SCORES, ["i1", "i5", "i6"], 3) == ["i5", "i6"]
