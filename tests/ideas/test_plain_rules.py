"""Rules without a database: a year's move, the order of phases, differences, usefulness, who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from backend.ideas.calendar import moved_by_years, order_faults, usual_calendar
from backend.ideas.difference import difference
from backend.ideas.eligibility import Person, Who, faults
from backend.ideas.queries.talk import usefulness

ZONES = st.sampled_from(["Europe/Amsterdam", "Europe/Bucharest", "America/New_York", "UTC"])
NOON = st.datetimes(datetime(2001, 1, 1), datetime(2090, 1, 1)).map(
    lambda d: d.replace(hour=12, tzinfo=UTC)
)


@given(NOON, st.integers(0, 9), ZONES)
def test_a_move_by_years_keeps_the_local_date_and_clock(moment, years, zone) -> None:
    old = moment.astimezone(ZoneInfo(zone))
    new = moved_by_years(moment, years, zone).astimezone(ZoneInfo(zone))
    assert (new.year, new.month, new.hour) == (old.year + years, old.month, old.hour)
    assert new.day == old.day or (old.month, old.day, new.day) == (2, 29, 28)


def test_the_usual_calendar_turns_at_local_midnight_and_has_no_fault() -> None:
    spans = usual_calendar(datetime(2026, 3, 1).date(), "Europe/Amsterdam")
    local = [s.starts_at.astimezone(ZoneInfo("Europe/Amsterdam")) for s in spans]
    assert all((t.hour, t.minute) == (0, 0) for t in local), "also across the change of clocks"
    assert order_faults({s.kind: (s.starts_at, s.ends_at) for s in spans}) == {}


def test_a_calendar_that_runs_backwards_is_named() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)

    def span(start: int, end: int) -> tuple[datetime, datetime]:
        return day + timedelta(days=start), day + timedelta(days=end)

    assert order_faults({"propose": span(5, 5)}) == {"propose": "ends_before_start"}
    assert order_faults({"propose": span(5, 9), "endorse": span(4, 9)}) == {
        "endorse": "starts_before_previous"
    }
    assert order_faults({"vote": span(0, 9), "count": span(8, 12)}) == {"count": "before_vote_ends"}
    assert order_faults({"propose": span(0, 9), "endorse": span(0, 12)}) == {}


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_difference_gives_both_texts_again(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(p.text for p in pieces if p.change != "removed") == new
    assert "".join(p.text for p in pieces if p.change != "added") == old


def test_a_difference_is_of_words_not_of_letters() -> None:
    pieces = difference("Ten benches", "Two benches")
    assert [(p.change, p.text) for p in pieces] == [
        ("removed", "Ten"), ("added", "Two"), ("same", " benches"),
    ]  # fmt: skip


@given(st.integers(0, 500), st.integers(0, 500))
def test_usefulness_lies_between_none_and_the_share(useful: int, useless: int) -> None:
    found = usefulness(useful, useless)
    assert 0 <= found <= (useful / (useful + useless) if useful + useless else 0) + 1e-9


def test_one_early_vote_does_not_beat_many() -> None:
    assert usefulness(40, 4) > usefulness(1, 0) > usefulness(0, 3)


def test_each_reason_that_stands_in_the_way_is_told() -> None:
    who = Who("resident_verified", ("west",), 12)
    assert set(faults(who, Person("contact_verified"))) == {"assurance", "district", "old_enough"}
    assert faults(who, Person("resident_verified", "west", True)) == {}
    assert faults(Who("anonymous"), Person("anonymous")) == {}
