"""The gate, the waiting times and the periods, as rules."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backend.indicators.computing import survival
from backend.indicators.gate import is_split, published_count, published_table
from backend.indicators.periods import Period, parse_period, period_of
from ml.indicators.participation.survival import Survival

NUMBERS = st.integers(0, 5000)


@given(NUMBERS, NUMBERS)
def test_two_published_counts_never_differ_by_a_small_group(one: int, other: int) -> None:
    first, second = published_count(one), published_count(other)
    for shown, true in ((first, one), (second, other)):
        assert (shown is None) == (1 <= true < 10)
    if first is not None and second is not None:
        assert not 1 <= abs(first - second) <= 9


@given(st.dictionaries(st.sampled_from("abcdefgh"), NUMBERS, min_size=2))
def test_what_a_table_hides_is_no_small_group_together(counts: dict[str, int]) -> None:
    shown = published_table(counts)
    hidden = [name for name, number in shown.items() if number is None]
    if hidden and any(shown.values()):
        assert sum(counts[name] for name in hidden) >= 10


def test_nobody_and_everybody_are_not_told() -> None:
    assert not is_split(0, 200)
    assert not is_split(200, 200)
    assert not is_split(4, 200)
    assert is_split(60, 200)


waits = st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=12, max_size=60)


@given(waits)
def test_waiting_times_agree_with_the_library(found: list[tuple[float, bool]]) -> None:
    waited = np.array([w for w, _ in found])
    happened = np.array([h for _, h in found])
    ours = survival.share_within(waited, happened, 30, 10)
    if ours.value is not None:
        expected = 100 * (1 - Survival.of(waited, happened).at(30))
        assert abs(ours.value - expected) < 1e-9
        assert ours.low is not None
        assert ours.high is not None
        assert ours.low - 1e-9 <= ours.value <= ours.high + 1e-9


def test_open_reports_are_not_left_out() -> None:
    waited = np.array([1.0] * 10 + [40.0] * 10)
    happened = np.array([True] * 10 + [False] * 10)
    assert survival.share_within(waited, happened, 30, 10).value == 50


def test_periods_are_the_citys_own() -> None:
    midnight = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert str(period_of(midnight, "Europe/Amsterdam")) == "2026-Q3"
    assert str(period_of(midnight, "UTC")) == "2026-Q2"
    assert parse_period("2026-Q1").before == Period(2025, 4)
    assert parse_period("2026").end("UTC") == datetime(2027, 1, 1, tzinfo=UTC)
