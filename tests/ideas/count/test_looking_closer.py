"""Figures, other rules beside, firmness, and signals."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given

from backend.ideas.count import Election, Project, Rule, count, election_of
from backend.ideas.count.figures import figures, side_by_side, usual_rules, with_budget
from backend.ideas.count.sensitivity import firmness
from backend.ideas.count.signals import bursts, clusters, poisson_tail
from tests.ideas.count.inventing import elections, rules


def two_districts() -> Election:
    """Sixty in the north want two dear projects; forty in the south two cheap ones."""
    projects = [
        Project("n1", 50, area="north"),
        Project("n2", 50, area="north"),
        Project("s1", 20, area="south"),
        Project("s2", 20, area="south"),
    ]
    cast = [(["n1", "n2"], ())] * 60 + [(["s1", "s2"], ())] * 40
    return election_of("approval", 100, projects, cast)


def test_the_money_of_each_district_stands_beside_its_votes() -> None:
    election = two_districts()
    found = figures(election, count(election, Rule()))
    assert found.share_with_a_winner == Fraction(60, 100)
    assert found.mean_winners == Fraction(120, 100)
    assert found.gini == Fraction(4, 10)
    north, south = found.areas
    assert (north.money, north.winners, north.share_of_money) == (100, 2, 1)
    assert (south.money, south.winners, south.share_of_votes) == (0, 0, Fraction(40, 100))


def test_other_rules_stand_beside_the_declared_one_with_what_they_would_change() -> None:
    election = two_districts()
    beside = side_by_side(election, usual_rules(Rule(), "approval"), count)
    found = {one.name: one for one in beside}
    assert (found["declared"].gained, found["declared"].lost) == ((), ())
    shares = found["equal-shares"]
    assert (shares.gained, shares.lost) == (("s1", "s2"), ("n2",))
    assert shares.figures.with_a_winner == 100


def test_what_if_there_were_more_money() -> None:
    election = with_budget(two_districts(), 140)
    assert len(count(election, Rule()).selected) == 4


@given(elections(), rules())
def test_figures_add_up_for_every_election(election, rule) -> None:
    outcome = count(election, rule)
    found = figures(election, outcome)
    assert sum(area.money for area in found.areas) == outcome.spent
    assert 0 <= found.gini < 1
    assert 0 <= found.share_with_a_winner <= 1


def test_a_result_that_one_ballot_in_a_hundred_turns_is_not_firm() -> None:
    projects = [Project("a", 10), Project("b", 10)]
    close = election_of("approval", 10, projects, [(["a"], ())] * 101 + [(["b"], ())] * 100)
    found = firmness(close, Rule(), count)
    assert (found.ballots, found.could_win, found.could_lose) == (2, ("b",), ("a",))
    assert not found.firm
    clear = election_of("approval", 10, projects, [(["a"], ())] * 150 + [(["b"], ())] * 50)
    assert firmness(clear, Rule(), count).firm
    assert firmness(clear, Rule(), count).kept == {"a": 50, "b": 0}
    assert firmness(close, Rule(), count) == found


def invented(alike: int) -> Election:
    """Four hundred who choose for themselves, and some who all hand in one and the same ballot."""
    dice = random.Random(3)
    ids = [f"p{n}" for n in range(20)]
    cast = [(tuple(sorted(dice.sample(ids, 4))), ()) for _ in range(400)]
    cast += [(("p1", "p7", "p11", "p19"), ())] * alike
    return election_of("approval", 10, [Project(name, 1) for name in ids], cast)


def test_many_equal_ballots_are_a_signal_and_a_few_are_not() -> None:
    assert clusters(invented(0)) == []
    found = clusters(invented(12))
    assert [cluster.choices for cluster in found] == [("p1", "p7", "p11", "p19")]
    assert found[0].ballots >= 12
    assert found[0].expected < 1


def test_many_equal_ballots_are_no_signal_where_few_choices_make_them_likely() -> None:
    cast = [(("a", "b"), ())] * 40 + [(("a", "c"), ())] * 38 + [(("b", "c"), ())] * 41
    projects = [Project(name, 1) for name in "abc"]
    assert clusters(election_of("approval", 1, projects, cast)) == []


def test_a_crowd_that_alone_chose_so_many_is_a_signal() -> None:
    dice = random.Random(4)
    ids = [f"p{n}" for n in range(10)]
    cast = [(tuple(sorted(dice.sample(ids, 2))), ()) for _ in range(60)]
    cast += [(("p1", "p4", "p8"), ())] * 40
    election = election_of("approval", 10, [Project(name, 1) for name in ids], cast)
    assert clusters(election)[0].choices == ("p1", "p4", "p8")


def test_a_burst_is_told_from_its_surroundings() -> None:
    hours = [(f"{hour:02}:00", 10 + hour % 3) for hour in range(24)]
    assert bursts(hours) == []
    hours[13] = ("13:00", 60)
    assert [burst.span for burst in bursts(hours)] == ["13:00"]


@pytest.mark.parametrize(
    ("seen", "expected", "chance"),
    [(0, 3.0, 1.0), (1, 1.0, 0.632121), (5, 1.0, 0.00365985), (30, 2.0, 5.8e-25), (3, 0.0, 0.0)],
)
def test_the_chance_of_so_many_is_poissons(seen, expected, chance) -> None:
    assert poisson_tail(seen, expected) == pytest.approx(chance, rel=0.02)
