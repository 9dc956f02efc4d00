"""Composite indices, beside an oracle that works cell by cell, and beside scipy."""

from __future__ import annotations

import csv
import math
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ml.indicators import DataRefused, Panel, Recipe, Structure, build_index
from ml.indicators.aggregation import MEAN_BY_NAME
from ml.indicators.normalisation import Normalisation
from ml.indicators.ranking import rank_descending
from ml.indicators.structure import Node
from ml.indicators.treatment import has_outliers, impute, kurtosis, skewness, treat, winsorise

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))
columns = st.lists(numbers, min_size=5, max_size=30, unique=True)


def tree(*codes: str, **more: object) -> Structure:
    rows = [{"code": c, "parent": "all", "weight": 1, "direction": 1, "level": 1} for c in codes]
    rows.append({"code": "all", "parent": "", "weight": 1, "direction": 1, "level": 2, **more})
    return Structure.of(rows)


# Moments and outliers ------------------------------------------------------------------------


@given(columns)
def test_moments_agree_with_scipy(column) -> None:
    values = np.array([*column, np.nan])
    assert skewness(values) == pytest.approx(stats.skew(column, bias=False), rel=1e-6, abs=1e-6)
    assert kurtosis(values) == pytest.approx(stats.kurtosis(column, bias=False), rel=1e-6, abs=1e-6)


def test_one_outlier_is_drawn_in_to_its_neighbour() -> None:
    assert treat(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 1000])).max() == 30


def test_low_outliers_are_drawn_in_from_below() -> None:
    values = -np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 1000])
    assert treat(values).min() == -30


def test_tied_outliers_go_together_and_count_each() -> None:
    values = np.array([*range(40), 300.0, 300.0, 400.0, 400.0, 5000.0, 5000.0])
    drawn = winsorise(values, most=5)
    assert drawn.max() == 300.0  # 2 points, then 4, which is still fewer than 5; then 6: stop


def test_what_points_cannot_mend_logarithms_do_on_the_original() -> None:
    values = np.exp(np.linspace(0, 25, 60))
    low, high = values.min(), values.max()
    expected = [math.log(x - low + 0.01 * (high - low)) for x in values]
    assert treat(values) == pytest.approx(expected)


@given(columns)
def test_treatment_keeps_the_order(column) -> None:
    values = np.array(column)
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(treat(values)[order]) >= -1e-9)


@given(st.lists(numbers, max_size=3))
def test_short_or_flat_columns_are_left_alone(column) -> None:
    assert not has_outliers(np.array(column))
    assert not has_outliers(np.full(9, 4.0))


def test_a_group_without_any_value_stays_missing() -> None:
    filled = impute(np.array([np.nan, np.nan, 4.0, 8.0, np.nan]), ["a", "a", "b", "b", "b"])
    assert np.isnan(filled[:2]).all()
    assert filled[4] == 6.0


# Normalisation ------------------------------------------------------------------------------


def by_hand(method: str, column: list[float], direction: int) -> list[float]:
    """The same scales with the statistics module and sorting, one value at a time."""
    turned = [direction * x for x in column]
    low, high = min(turned), max(turned)
    if method == "minmax:1:100":
        return [1 + 99 * (x - low) / (high - low) for x in turned]
    if method == "zscore:10:2":
        mean, deviation = statistics.fmean(turned), statistics.stdev(turned)
        return [10 + 2 * (x - mean) / deviation for x in turned]
    rank = [1 + sum(other < x for other in turned) for x in turned]
    if method == "rank":
        return rank
    if method == "borda":
        return [r - 1 for r in rank]
    if method == "percentile-rank":
        return [(r - 1) / (len(column) - 1) for r in rank]
    return [(x - low) / (high - low) for x in turned]  # distance-to-max


METHODS = ["minmax:1:100", "zscore:10:2", "rank", "borda", "percentile-rank", "distance-to-max"]


@pytest.mark.parametrize("method", METHODS)
@given(column=columns, direction=st.sampled_from([1, -1]))
@settings(max_examples=40)
def test_scales_are_what_their_definition_says(method, column, direction) -> None:
    node = Node("x", direction=direction)
    found = Normalisation.parse(method)(np.array([*column, np.nan]), node)
    assert np.isnan(found[-1])
    assert found[:-1] == pytest.approx(by_hand(method, column, direction), rel=1e-9, abs=1e-9)


@given(column=columns, direction=st.sampled_from([1, -1]))
def test_goalposts_stay_between_nothing_and_everything(column, direction) -> None:
    node = Node("x", direction=direction, lower=-10.0, upper=20.0)
    found = Normalisation.parse("goalposts")(np.array(column), node)
    for x, share in zip(column, found, strict=True):
        plain = (x + 10) / 30 if direction > 0 else (20 - x) / 30
        assert share == pytest.approx(min(1.0, max(0.0, plain)))


def test_goalposts_of_a_logarithm() -> None:
    """Income as the human development index takes it: ln between 100 and 75,000."""
    node = Node("income", lower=100.0, upper=75_000.0, transform="ln")
    found = Normalisation.parse("goalposts")(np.array([100.0, 10_000.0, 75_000.0, 90_000.0]), node)
    assert found == pytest.approx([0.0, math.log(100) / math.log(750), 1.0, 1.0])


def test_distance_to_a_target_runs_from_the_worst_value() -> None:
    more = Normalisation.parse("distance-to-target")(
        np.array([2.0, 6.0, 12.0]), Node("x", target=10.0)
    )
    assert more == pytest.approx([0.0, 0.5, 1.25])
    capped = Normalisation.parse("distance-to-target-capped")
    less = capped(np.array([2.0, 6.0, 12.0]), Node("x", direction=-1, target=4.0))
    assert less == pytest.approx([1.0, 0.75, 0.0])


def test_a_flat_indicator_is_missing_not_zero() -> None:
    found = Normalisation.parse("minmax:0:100")(np.full(4, 7.0), Node("x"))
    assert np.isnan(found).all()


@pytest.mark.parametrize(
    "text", ["mean", "minmax:0", "minmax:5:5", "zscore:0:0", "rank:3", "minmax:a:b", "zscore:0:nan"]
)
def test_unknown_scales_are_refused(text: str) -> None:
    with pytest.raises(DataRefused):
        Normalisation.parse(text)


@pytest.mark.parametrize("method", ["zscore:0:1", "minmax:0:100", "rank"])
def test_one_city_cannot_be_compared_with_itself(method: str) -> None:
    panel = Panel.of(["Vliermonde"], {"x": [3.0]})
    with pytest.raises(DataRefused, match="Use goalposts"):
        build_index(panel, tree("x"), Recipe(normalise=method))


# Means ---------------------------------------------------------------------------------------


@given(
    st.lists(st.one_of(st.none(), st.floats(0.01, 1e4)), min_size=1, max_size=8),
    st.data(),
)
def test_means_over_what_is_known(cells, data) -> None:
    weights = data.draw(st.lists(st.floats(0.1, 10), min_size=len(cells), max_size=len(cells)))
    known = [(x, w) for x, w in zip(cells, weights, strict=True) if x is not None]
    row = np.array([[np.nan if x is None else x for x in cells]])
    found = {name: float(mean(row, np.array(weights))[0]) for name, mean in MEAN_BY_NAME.items()}
    if not known:
        assert all(math.isnan(value) for value in found.values())
        return
    values, shares = zip(*known, strict=True)
    assert found["amean"] == pytest.approx(statistics.fmean(values, shares))
    assert found["gmean"] == pytest.approx(float(stats.gmean(values, weights=shares)))
    assert found["hmean"] == pytest.approx(statistics.harmonic_mean(values, shares))
    assert found["hmean"] <= found["gmean"] * (1 + 1e-9) <= found["amean"] * (1 + 2e-9)


def test_a_node_below_coverage_is_missing_and_not_low() -> None:
    columns = {"x": [1, 2, 0], "y": [None, 1, 0], "z": [None, 3, 0]}
    panel = Panel.of(["a", "b", "c"], columns)
    recipe = Recipe("minmax:0:100", coverage=0.66)
    index = build_index(panel, tree("x", "y", "z"), recipe)
    assert np.isnan(index.score("all")[0])
    assert np.isnan(index.rank("all")[0])
    assert index.rank("all")[1] == 1


def test_two_of_three_are_enough_for_two_thirds() -> None:
    panel = Panel.of(["a", "b"], {"x": [1, 2], "y": [5, 1], "z": [None, 3]})
    index = build_index(panel, tree("x", "y", "z"), Recipe("rank", coverage=0.666_666_666_7))
    assert index.score("all")[0] == 1.5


def test_a_geometric_mean_of_zero_is_refused_with_the_way_out() -> None:
    panel = Panel.of(["a", "b"], {"x": [1, 2], "y": [5, 1]})
    with pytest.raises(DataRefused, match=r"all: .*minmax:1:100"):
        build_index(panel, tree("x", "y"), Recipe("minmax:0:100", "gmean"))


def test_a_node_may_have_a_mean_of_its_own() -> None:
    """The human development index: schooling is an arithmetic mean inside a geometric one."""
    rows = [
        {"code": "life", "parent": "hdi", "level": 1, "lower": 20, "upper": 85},
        {"code": "expected", "parent": "school", "level": 1, "lower": 0, "upper": 18},
        {"code": "mean", "parent": "school", "level": 1, "lower": 0, "upper": 15},
        {"code": "school", "parent": "hdi", "level": 2, "aggregate": "amean"},
        {"code": "income", "parent": "hdi", "level": 1, "lower": 100, "upper": 75000,
         "transform": "ln"},
        {"code": "hdi", "level": 3},
    ]  # fmt: skip
    panel = Panel.of(
        ["here"], {"life": [72.0], "expected": [14.0], "mean": [9.0], "income": [12_000.0]}
    )
    index = build_index(panel, Structure.of(rows), Recipe("goalposts", "gmean"))
    school = (14 / 18 + 9 / 15) / 2
    income = math.log(120) / math.log(750)
    assert index.score("school")[0] == pytest.approx(school)
    assert index.score("hdi")[0] == pytest.approx((52 / 65 * school * income) ** (1 / 3))


def test_vienna_weighs_an_indicator_by_how_many_cities_know_it() -> None:
    panel = Panel.of(list("abcd"), {"x": [1, 2, 3, 4], "y": [8, 2, None, None]})
    rows = [
        {"code": "x", "parent": "factor", "level": 1},
        {"code": "y", "parent": "factor", "level": 1},
        {"code": "factor", "parent": "people", "level": 2},
        {"code": "people", "level": 3},
    ]
    index = build_index(panel, Structure.of(rows), Recipe("zscore:0:1", "tu-wien"))
    zx, zy = stats.zscore([1, 2, 3, 4], ddof=1), stats.zscore([8, 2], ddof=1)
    assert index.score("factor")[0] == pytest.approx((1.0 * zx[0] + 0.5 * zy[0]) / 1.5)
    assert index.score("factor")[3] == pytest.approx(zx[3])
    assert index.score("people") == pytest.approx(index.score("factor"))


# Ranks ---------------------------------------------------------------------------------------


def test_noise_of_floating_point_breaks_no_tie() -> None:
    scores = np.array([0.1 + 0.2, 0.3, 0.3 + 1e-16, 0.2])
    assert rank_descending(scores).tolist() == [1, 1, 1, 4]


@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=1, max_size=30))
def test_ranks_count_who_is_ahead(cells) -> None:
    scores = np.array([np.nan if x is None else float(x) for x in cells])
    for mine, rank in zip(cells, rank_descending(scores), strict=True):
        if mine is None:
            assert np.isnan(rank)
        else:
            assert rank == 1 + sum(x is not None and x > mine for x in cells)


# What does not depend on order ---------------------------------------------------------------


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_order_of_rows_and_codes_does_not_matter(random) -> None:
    rng = np.random.default_rng(random.randrange(1 << 30))
    units = [f"u{i}" for i in range(12)]
    data = {f"i{k}": np.exp(rng.normal(size=12)).tolist() for k in range(6)}
    rows = [
        {
            "code": f"i{k}",
            "parent": f"p{k % 2}",
            "weight": k + 1,
            "direction": (-1) ** k,
            "level": 1,
        }
        for k in range(6)
    ]
    rows += [{"code": f"p{k}", "parent": "top", "weight": k + 1, "level": 2} for k in range(2)]
    rows += [{"code": "top", "level": 3}]
    recipe = Recipe("minmax:1:100", "gmean", treat=True)
    index = build_index(Panel.of(units, data), Structure.of(rows), recipe)
    order = random.sample(range(12), 12)
    shuffled = build_index(
        Panel.of([units[i] for i in order], {c: [v[i] for i in order] for c, v in data.items()}),
        Structure.of(random.sample(rows, len(rows))),
        recipe,
    )
    for code in ("i3", "p1", "top"):
        assert shuffled.score(code) == pytest.approx(index.score(code)[order], rel=1e-12)
        assert shuffled.rank(code).tolist() == index.rank(code)[order].tolist()


# Files and the command -----------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    data, structure = tmp_path / "data.csv", tmp_path / "structure.csv"
    data.write_text("unit,area,people,lamps,noise\na,n,10,5,70\nb,n,20,,60\nc,s,40,60,50\n")
    structure.write_text(
        "code,parent,weight,direction,level,denominator\n"
        "lamps,street,2,1,1,people\nnoise,street,1,-1,1,\nstreet,,1,1,2,\n"
    )
    return data, structure


def read(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_command_writes_three_tables(files, tmp_path: Path) -> None:
    from backend.cli.indicators import indicators

    data, structure = files
    out = tmp_path / "out"
    arguments = ["composite", "--data", str(data), "--structure", str(structure), "--out", str(out)]
    arguments += ["--normalise", "minmax:0:100", "--impute", "mean:area", "--coverage", "0.66"]
    result = CliRunner().invoke(indicators, arguments)
    assert result.exit_code == 0, result.output
    assert list(read(out / "aggregated.csv")[0]) == ["unit", "lamps", "noise", "street"]
    # b's lamps come from a, its only neighbour in the area: 5 / 10 each
    assert [float(row["lamps"]) for row in read(out / "normalised.csv")] == [0, 0, 100]
    assert [float(row["street"]) for row in read(out / "aggregated.csv")] == pytest.approx(
        [0, 50 / 3, 100]
    )
    assert [row["street"] for row in read(out / "ranks.csv")] == ["3", "2", "1"]


def test_the_command_refuses_in_one_line(files, tmp_path: Path) -> None:
    from backend.cli.indicators import indicators

    data, structure = files
    data.write_text("unit,people,lamps,noise\na,10,5,70\n")
    arguments = ["composite", "--data", str(data), "--structure", str(structure)]
    arguments += ["--normalise", "zscore:0:1", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(indicators, arguments)
    assert result.exit_code == 1
    assert "with one city there is no mean of others" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x,nowhere,1,1,1", "which is not there"),
        ("x,top,1,2,1", "direction"),
        ("x,top,-1,1,1", "not negative"),
        ("x,top,1,1,2", "below its parent"),
        (",top,1,1,1", "no code"),
    ],
)
def test_a_structure_that_is_no_tree_is_refused(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text(f"code,parent,weight,direction,level\n{row}\ny,top,1,1,1\ntop,,1,1,2\n")
    with pytest.raises(DataRefused, match=reason):
        Structure.read(path)


def test_the_library_asks_for_numpy_and_scipy_alone() -> None:
    code = (
        "import sys, ml.indicators; "
        "heavy = {'flask', 'sqlalchemy', 'sklearn', 'backend'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
