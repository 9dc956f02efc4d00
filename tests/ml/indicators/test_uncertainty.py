"""Runs of the ensemble are indices that could be built one by one; sensitivity is as known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.indicators import DataRefused, Panel, Recipe, Structure, build_index
from ml.indicators.maturity import NO_DATA, band, maturity, points
from ml.indicators.ranking import NOT_DISTINGUISHABLE, Band, compare, printed_ranks
from ml.indicators.sensitivity import leave_one_out, sobol
from ml.indicators.uncertainty import Choices, Ensemble, monte_carlo

UNITS, INDICATORS = 12, 9


@pytest.fixture(scope="module")
def panel() -> Panel:
    rng = np.random.default_rng(7)
    columns = {}
    for n in range(INDICATORS):
        values = np.exp(rng.normal(size=UNITS) * (0.4 + 0.4 * (n % 3)))
        values[rng.random(UNITS) < 0.08] = np.nan
        columns[f"i{n}"] = [None if np.isnan(v) else float(v) for v in values]
    return Panel.of([f"u{n}" for n in range(UNITS)], columns)


@pytest.fixture(scope="module")
def structure() -> Structure:
    rows = [
        {"code": f"i{n}", "parent": f"p{n % 3}", "weight": 1 + n % 2, "direction": (-1) ** n}
        for n in range(INDICATORS)
    ]
    rows += [{"code": f"p{n}", "parent": "top", "weight": n + 1, "level": 2} for n in range(3)]
    return Structure.of([*rows, {"code": "top", "level": 3}])


@pytest.mark.parametrize("coverage", [None, 0.7])
@pytest.mark.parametrize("mean", ["amean", "gmean", "hmean"])
@pytest.mark.parametrize("dropped", [0, 1, 2, 3])
def test_a_run_is_the_index_with_its_choices(panel, structure, mean, dropped, coverage) -> None:
    choices = Choices(normalise=("minmax:1:100",), aggregate=(mean,), most_points=(0, 5))
    recipe = Recipe("minmax:1:100", mean, coverage=coverage)
    ensemble = Ensemble(panel, structure, recipe, choices)
    numbers = np.array([[0.0, 0.0, 0.9, 0.0425, dropped / 4 + 0.01]])
    ranks = ensemble.run(numbers)[1][0]
    moves = dict(zip([n.code for n in structure.nodes], ensemble.moves[42], strict=True))
    out = f"p{dropped - 1}" if dropped else ""
    nodes = tuple(
        replace(n, weight=0.0 if n.code == out else n.weight * moves[n.code])
        for n in structure.nodes
    )
    single = build_index(panel, Structure(nodes), replace(recipe, treat=True)).rank("top")
    assert ranks == pytest.approx(single, nan_ok=True)


def test_weights_move_by_a_quarter_at_most(panel, structure) -> None:
    moves = Ensemble(panel, structure, Recipe(), Choices()).moves
    assert moves.min() >= 0.75
    assert moves.max() <= 1.25


def test_bands_hold_nine_of_ten_runs_and_come_out_the_same_again(panel, structure) -> None:
    ensemble = Ensemble(panel, structure, Recipe("minmax:1:100"), Choices())
    found = monte_carlo(ensemble, runs=2_000)
    again = monte_carlo(ensemble, runs=2_000)
    assert found.bands() == again.bands()
    for place, each in enumerate(found.bands()):
        inside = (found.ranks[:, place] >= each.low) & (found.ranks[:, place] <= each.high)
        assert inside.mean() >= 0.89
    assert all(0 <= low <= high <= 1 for low, high in found.score_intervals())


def test_units_that_trade_places_are_not_distinguishable() -> None:
    rng = np.random.default_rng(3)
    tree = Structure.of(
        [{"code": c, "parent": "all"} for c in "xyz"] + [{"code": "all", "level": 2}]
    )
    columns = {c: [0.0, *(50 + rng.normal(size=4)).tolist(), 100.0] for c in "xyz"}
    panel = Panel.of(["last", "a", "b", "c", "d", "first"], columns)
    recipe = Recipe("minmax:1:100")
    found = monte_carlo(Ensemble(panel, tree, recipe, Choices(normalise=("minmax:1:100",))), 1_000)
    printed = printed_ranks(found.bands(), found.nominal.tolist())
    assert printed["first"] == "1"
    assert printed["last"] == "6"
    assert NOT_DISTINGUISHABLE in {printed[unit] for unit in "abcd"}


spans = st.tuples(st.integers(1, 50), st.integers(0, 9))


@given(spans, spans)
def test_comparing_does_not_depend_on_who_is_named_first(first, second) -> None:
    a, b = Band("a", first[0], sum(first)), Band("b", second[0], sum(second))
    assert compare(a, b) == compare(b, a)
    if compare(a, b) == "a":
        assert a.high < b.low


def test_uncertainty_of_two_units_is_refused(structure) -> None:
    panel = Panel.of(["a", "b"], {f"i{n}": [1, 2] for n in range(INDICATORS)})
    with pytest.raises(DataRefused, match="three units"):
        Ensemble(panel, structure, Recipe(), Choices())


# Sensitivity ---------------------------------------------------------------------------------


def test_sobol_finds_the_known_indices_of_ishigamis_function() -> None:
    a, b = 7.0, 0.1

    def ishigami(numbers):
        x = np.pi * (2 * numbers - 1)
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = [0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]
    interaction = b**2 * np.pi**8 * 8 / 225
    total = [first[0] + interaction, first[1], interaction]
    found = sobol(ishigami, ["x1", "x2", "x3"], runs=8192)
    assert [f.first for f in found] == pytest.approx([v / variance for v in first], abs=0.02)
    assert [f.total for f in found] == pytest.approx([v / variance for v in total], abs=0.02)


def test_a_model_that_never_moves_has_no_sensitivity() -> None:
    found = sobol(lambda x: np.zeros(len(x)), ["a", "b"], runs=64)
    assert {(f.first, f.total) for f in found} == {(0.0, 0.0)}


def test_leaving_out_a_copy_moves_nothing_and_the_dissenter_does(panel) -> None:
    tree = Structure.of(
        [{"code": c, "parent": "all"} for c in ("x", "copy", "other")]
        + [{"code": "all", "level": 2}]
    )
    columns = {"x": [1, 2, 3, 4], "copy": [1, 2, 3, 4], "other": [4, 1, 3, 2]}
    found = leave_one_out(Panel.of(list("abcd"), columns), tree, Recipe())
    full = build_index(Panel.of(list("abcd"), columns), tree, Recipe()).rank("all")
    without = build_index(
        Panel.of(list("abcd"), columns),
        Structure.of([{"code": "x", "parent": "all"}, {"code": "copy", "parent": "all"},
                      {"code": "all", "level": 2}]), Recipe(),
    ).rank("all")  # fmt: skip
    assert found["other"] == np.abs(full - without).mean()
    assert set(found) == {"x", "copy", "other"}


# Maturity ------------------------------------------------------------------------------------


def test_the_published_worked_examples() -> None:
    """9 of 16 points are 56.25 %, 9 of 12 are 75 %; what is not reported does not count."""
    four = maturity({"a": 20.0, "b": 40.0, "c": 40.0, "d": 99.0})
    assert (four.score, four.band) == (56.25, "developing")
    three = maturity({"a": 99.0, "b": 70.0, "c": 40.0, "d": None})
    assert (three.score, three.band, three.completeness) == (75.0, "advanced", 0.75)


def test_no_data_is_not_low() -> None:
    assert maturity({"a": None}).band == NO_DATA
    assert band(0.0) != NO_DATA


@given(st.floats(-10, 200), st.floats(-10, 200))
def test_more_of_the_target_never_earns_less(first: float, second: float) -> None:
    low, high = sorted([first, second])
    assert points(low) <= points(high)
