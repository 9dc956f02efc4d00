"""Plans: who judges what."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.ideas.panel import NoPlan, assign
from backend.ideas.panel.judging import connected_parts

IDEAS = [f"i{n}" for n in range(24)]
JURORS = [f"j{n}" for n in range(8)]


def test_without_conflicts_everybody_judges_equally_much_and_can_be_compared() -> None:
    plan = assign(IDEAS, JURORS, per_idea=3, seed="2027")
    assert plan.loads == (9, 9)
    assert all(len(plan.jurors_of(idea)) == 3 for idea in IDEAS)
    assert len(connected_parts({j: dict.fromkeys(i, 0) for j, i in plan.ideas_of.items()})) == 1


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    assert assign(IDEAS, JURORS, per_idea=2, seed="a") == assign(
        IDEAS, JURORS, per_idea=2, seed="a"
    )
    assert assign(IDEAS, JURORS, per_idea=2, seed="a") != assign(
        IDEAS, JURORS, per_idea=2, seed="b"
    )


@given(
    st.integers(3, 14),
    st.integers(3, 7),
    st.integers(2, 3),
    st.sets(st.tuples(st.integers(0, 6), st.integers(0, 13)), max_size=14),
    st.text(max_size=3),
)
def test_a_plan_keeps_to_everything_or_says_why_it_cannot(ideas, jurors, k, pairs, seed) -> None:
    ideas, jurors = IDEAS[:ideas], JURORS[:jurors]
    conflicts = {(f"j{j}", f"i{i}") for j, i in pairs}
    free = {idea: [j for j in jurors if (j, idea) not in conflicts] for idea in ideas}
    assume(k * len(ideas) >= len(ideas) + len(jurors) - 1)
    try:
        plan = assign(ideas, jurors, per_idea=k, conflicts=conflicts, seed=seed)
    except NoPlan as reason:
        understood = "groups" in str(reason) or any(len(free[idea]) < k for idea in ideas)
        if not understood:
            raise
        return
    for idea in ideas:
        judges = plan.jurors_of(idea)
        assert len(judges) == k
        assert not any((juror, idea) in conflicts for juror in judges)
    busy = {j: dict.fromkeys(i, 0) for j, i in plan.ideas_of.items() if i}
    assert len(connected_parts(busy)) == 1


def test_conflicts_shift_work_to_others_but_no_further_than_they_must() -> None:
    conflicts = {("j0", idea) for idea in IDEAS[:20]}
    plan = assign(IDEAS, JURORS, per_idea=3, conflicts=conflicts, seed="x")
    sizes = sorted(len(found) for found in plan.ideas_of.values())
    assert sizes[0] == 4
    assert sizes[-1] - sizes[1] <= 1


@pytest.mark.parametrize(
    ("given_", "what"),
    [
        ({"per_idea": 9}, "only 8 jurors without a conflict"),
        ({"per_idea": 3, "most": 8}, "with at most 8 ideas a juror"),
        ({"per_idea": 1}, "too few judgements|groups that judge nothing in common"),
        ({"per_idea": 0}, "at least one juror"),
    ],
)
def test_what_stands_in_the_way_is_said(given_, what) -> None:
    with pytest.raises(NoPlan, match=what):
        assign(IDEAS, JURORS, **given_)
