"""A citizen jury by public lot."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ideas.panel import Person, draw

PEOPLE = [
    Person(str(n), "north" if n % 4 else "south", "under 30" if n % 3 else "30 and over")
    for n in range(240)
]


def test_anybody_with_the_seed_draws_the_same_jury() -> None:
    jury, reserve = draw(PEOPLE, seats=12, seed="lottery of 4 May: 3 17 22 40")
    assert draw(reversed(PEOPLE), seats=12, seed="lottery of 4 May: 3 17 22 40") == (jury, reserve)
    assert draw(PEOPLE, seats=12, seed="another")[0] != jury
    assert len(jury) == 12
    assert {*jury, *reserve} == set(PEOPLE)


def test_districts_and_ages_are_seated_in_proportion() -> None:
    jury, _ = draw(PEOPLE, seats=24, seed="s")
    seats = Counter((person.district, person.age_group) for person in jury)
    assert seats == {
        ("north", "under 30"): 12,
        ("north", "30 and over"): 6,
        ("south", "under 30"): 4,
        ("south", "30 and over"): 2,
    }


@given(st.integers(0, 240), st.text(max_size=5))
def test_no_stratum_is_a_whole_seat_away_from_its_share(seats, seed) -> None:
    jury, _ = draw(PEOPLE, seats=seats, seed=seed)
    assert len(jury) == seats
    found = Counter((person.district, person.age_group) for person in jury)
    for stratum, size in Counter((p.district, p.age_group) for p in PEOPLE).items():
        assert abs(found[stratum] - seats * size / len(PEOPLE)) < 1


def test_more_seats_than_people_and_one_number_for_two_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw(PEOPLE[:3], seats=4, seed="s")
    with pytest.raises(ValueError, match="same number"):
        draw([PEOPLE[0], PEOPLE[0]], seats=1, seed="s")
