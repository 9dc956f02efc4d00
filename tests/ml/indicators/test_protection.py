"""No suppressed cell comes back, with no more cells hidden than a search through all patterns."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.indicators import DataRefused
from ml.indicators.protection import (
    INSIDE,
    PUBLIC,
    Gate,
    ReleaseGrid,
    attacker_intervals,
    cell_noise,
    protect,
    record_key,
    recoverable,
)

cells = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 80))


@st.composite
def tables(draw, most: int = 6) -> np.ndarray:
    rows, columns = draw(st.integers(2, most)), draw(st.integers(2, most))
    row = st.lists(cells, min_size=columns, max_size=columns)
    return np.array(draw(st.lists(row, min_size=rows, max_size=rows)), dtype=np.int64)


def masked(counts: np.ndarray, hidden: set[tuple[int, int]]) -> list[list[int | None]]:
    return [
        [None if (i, j) in hidden else int(n) for j, n in enumerate(row)]
        for i, row in enumerate(counts)
    ]


def safe(counts: np.ndarray, hidden: set[tuple[int, int]], k: int) -> bool:
    """The attacker's linear programme finds nothing within k."""
    sums = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()
    return not recoverable(masked(counts, hidden), *sums, k)


def fewest_by_trying(counts: np.ndarray, k: int) -> int | None:
    """The fewest complementary cells, by trying all sets from small to large."""
    small = {(int(i), int(j)) for i, j in np.argwhere((counts > 0) & (counts < k))}
    free = [(int(i), int(j)) for i, j in np.argwhere(counts >= k)]
    for number in range(len(free) + 1):
        for more in itertools.combinations(free, number):
            if safe(counts, small | set(more), k):
                return number
    return None


@given(tables())
@settings(max_examples=60, deadline=None)
def test_no_suppressed_cell_is_recovered(counts) -> None:
    try:
        found = protect(counts, 10)
    except DataRefused:
        everything = {(int(i), int(j)) for i, j in np.ndindex(*counts.shape)}
        small = np.argwhere((counts > 0) & (counts < 10)).tolist()
        sums = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()
        lost = recoverable(masked(counts, everything), *sums, 10)
        assert set(map(tuple, small)) & set(lost)
        return
    assert recoverable(found.table, found.row_totals, found.col_totals, 10) == []
    assert set(found.primary) == {
        (int(i), int(j)) for i, j in np.argwhere((counts > 0) & (counts < 10))
    }
    assert not set(found.primary) & set(found.secondary)


@given(tables(most=3), st.sampled_from([5, 10]))
@settings(max_examples=25, deadline=None)
def test_no_more_cells_are_hidden_than_must_be(counts, k) -> None:
    expected = fewest_by_trying(counts, k)
    if expected is not None:
        assert len(protect(counts, k).secondary) == expected


def test_zeros_are_shown_and_totals_exact() -> None:
    counts = np.array([[0, 4, 40, 30], [50, 60, 0, 20], [70, 20, 30, 0]])
    found = protect(counts, 10)
    assert found.table[0][0] == 0
    assert found.table[2][3] == 0
    assert found.row_totals == [74, 130, 120]
    assert found.col_totals == [120, 84, 70, 50]


def test_a_table_without_small_counts_is_shown_whole() -> None:
    found = protect(np.array([[10, 0], [30, 99]]), 10)
    assert (found.primary, found.secondary) == ([], [])


def test_a_total_below_k_is_refused_and_named() -> None:
    with pytest.raises(DataRefused, match="total of row 1 is below 10"):
        protect(np.array([[20, 30, 40], [1, 2, 0], [50, 60, 70]]), 10)


def test_one_row_cannot_be_protected() -> None:
    with pytest.raises(DataRefused, match="collapse categories"):
        protect(np.array([[20, 3, 40]]), 10)


def test_the_attacker_knows_what_follows_from_totals() -> None:
    found = attacker_intervals([[None, None, 7], [None, None, 1]], [17, 11], [8, 12, 8])
    assert found == {(0, 0): (0, 8), (0, 1): (2, 10), (1, 0): (0, 8), (1, 1): (2, 10)}


def test_the_command_prints_what_is_promised(tmp_path: Path) -> None:
    from backend.cli.indicators import indicators

    table = tmp_path / "table.csv"
    table.write_text("district,young,old,oldest\nNorth,20,3,30\nSouth,40,50,60\nWest,25,35,45\n")
    result = CliRunner().invoke(indicators, ["protect", str(table), "--k", "10", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert list(found) == ["table", "primary", "secondary", "row_totals", "col_totals"]
    assert found["primary"] == [[0, 1]]
    assert len(found["secondary"]) == 3
    assert found["row_totals"] == [53, 150, 105]
    assert found["col_totals"] == [85, 88, 135]
    assert found["table"][0][1] is None
    assert sum(cell is None for row in found["table"] for cell in row) == 4


@pytest.mark.parametrize("text", ["", "a,b\n", "x,a\nr,-1\n", "x,a\nr,1.5\n", "x,a,b\nr,1\n"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    from backend.cli.indicators import indicators

    table = tmp_path / "table.csv"
    table.write_text(text)
    result = CliRunner().invoke(indicators, ["protect", str(table), "--json"])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


# The gate -----------------------------------------------------------------------------------


def test_the_public_sees_ten_and_city_hall_five() -> None:
    assert PUBLIC.count(9).suppressed
    assert PUBLIC.count(10).value == 10
    assert INSIDE.count(4).suppressed
    assert INSIDE.count(5).value == 5


@given(st.integers(0, 100_000))
def test_counts_are_near_the_truth_or_not_shown(citizens) -> None:
    shown = PUBLIC.count(citizens)
    if 1 <= citizens <= 9:
        assert shown.value is None
        assert shown.why == "small"
    else:
        assert abs(shown.value - citizens) <= 5
        assert shown.value % 10 == 0


def test_many_contributions_of_few_people_are_not_shown() -> None:
    assert PUBLIC.volume(4_000, citizens=3).suppressed
    assert PUBLIC.volume(4_004, citizens=300).value == 4_000


@pytest.mark.parametrize("counts", [{"yes": 80, "no": 0}, {"a": 40, "b": 40, "c": 0}])
def test_all_or_none_is_not_published(counts) -> None:
    assert {figure.why for figure in PUBLIC.split(counts).values()} == {"split"}


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=2))
def test_a_small_answer_is_never_alone(counts) -> None:
    shown = PUBLIC.split(counts)
    hidden = [name for name, figure in shown.items() if figure.suppressed]
    assert all(shown[name].suppressed for name in counts if counts[name] < 10)
    if hidden:
        assert len(hidden) == len(counts) or sum(counts[name] for name in hidden) >= 10


def test_a_rate_comes_from_the_protected_count() -> None:
    assert PUBLIC.rate(27, 1_000).value == 30.0
    assert PUBLIC.rate(9, 1_000).suppressed


def test_a_table_that_cannot_be_protected_shows_its_totals() -> None:
    shown = PUBLIC.table(np.array([[3, 40]]))
    assert [figure.suppressed for figure in shown.cells[0]] == [True, True]
    assert shown.total.value == 40


@pytest.mark.parametrize(
    ("period", "dimensions"),
    [("2026-07", ["district"]), ("2026-Q3", ["age", "sex"]), ("2026-Q3", ["street"]),
     ("2026-Q3", ["district", "district"])],
)  # fmt: skip
def test_nothing_outside_the_grid(period, dimensions) -> None:
    with pytest.raises(DataRefused):
        ReleaseGrid().check(period, dimensions)


def test_a_gate_that_rounds_finer_than_its_threshold_is_refused() -> None:
    with pytest.raises(DataRefused):
        Gate(k=10, base=5)


def test_noise_is_the_same_for_the_same_people_and_centred() -> None:
    keys = [record_key(b"release", f"citizen-{n}") for n in range(4_000)]
    assert cell_noise(keys[:50], 3) == cell_noise(reversed(keys[:50]), 3)
    drawn = [cell_noise(keys[n : n + 20], 3) for n in range(3_900)]
    assert set(drawn) == {-3, -2, -1, 0, 1, 2, 3}
    assert abs(float(np.mean(drawn))) < 0.15
    assert record_key(b"release", "citizen-1") != record_key(b"next release", "citizen-1")


def test_five_thousand_pairs_of_answers_reveal_no_count_below_ten() -> None:
    """Every cell of the release grid of a small city's year, subtracted from every other."""
    rng = np.random.default_rng(2026)
    people = 900
    facts = {
        "district": rng.choice(["N", "S", "W"], people, p=[0.8, 0.17, 0.03]),
        "age": rng.choice(["14-29", "30-64", "65+"], people, p=[0.3, 0.65, 0.05]),
        "sex": rng.choice(["f", "m", "x"], people, p=[0.5, 0.49, 0.01]),
    }
    active = {f"2026-Q{q}": rng.random(people) < 0.1 * q for q in (1, 2, 3, 4)}
    active["2026"] = np.logical_or.reduce(list(active.values()))
    answers = []
    for who in active.values():
        for names in ([], ["district"], ["age"], ["district", "age"], ["district", "sex"]):
            levels = [sorted(set(facts[name])) for name in names]
            for chosen in itertools.product(*levels):
                here = who.copy()
                for name, level in zip(names, chosen, strict=True):
                    here &= facts[name] == level
                answers.append(PUBLIC.count(int(here.sum())).value)
    assert None in answers
    shown = [value for value in answers if value is not None]
    assert not [value for value in shown if 1 <= value <= 9]
    pairs = rng.choice(len(shown), size=(5_000, 2))
    differences = {abs(shown[a] - shown[b]) for a, b in pairs}
    assert not [difference for difference in differences if 1 <= difference <= 9]
