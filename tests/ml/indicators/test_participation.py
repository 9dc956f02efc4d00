"""Participation metrics beside plain Python that counts one person at a time."""

from __future__ import annotations

import csv
import json
import math
import statistics
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ml.indicators import DataRefused
from ml.indicators.participation import Survival, intervals, log_rank, measure, read_events
from ml.indicators.participation.concentration import gini, herfindahl, top_share
from ml.indicators.participation.continuity import (
    active_in_several,
    mean_personal_diversity,
    retention,
)
from ml.indicators.participation.diversity import diversity
from ml.indicators.participation.rates import wilson
from ml.indicators.participation.reading import moment
from ml.indicators.participation.representativeness import likeness

START = datetime(2026, 1, 1, tzinfo=UTC)
CENSOR = START + timedelta(days=200)
DISTRICTS, AGES, SEXES = ["N", "S", "W"], ["14-29", "30-64", "65+"], ["f", "m"]
DOMAINS = ["SM", "SC", "SL", "SEN"]
HEADERS = {
    "contributions": ["contribution_id", "citizen_id", "kind", "domain", "submitted_at"],
    "participants": ["citizen_id", "district", "age", "sex"],
    "population": ["district", "age", "sex", "population"],
    "responses": ["contribution_id", "domain", "submitted_at", "first_response_at"],
}


def stamp(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


@st.composite
def towns(draw) -> dict[str, list[list[str]]]:
    """A small town: who lives there, who took part, what was answered."""
    population = [
        [d, a, s, str(draw(st.integers(50, 400)))] for d in DISTRICTS for a in AGES for s in SEXES
    ]
    told = lambda levels: draw(st.sampled_from([*levels, ""]))  # noqa: E731
    citizens = [f"c{n}" for n in range(draw(st.integers(2, 25)))]
    participants = [[c, told(DISTRICTS), told(AGES), told(SEXES)] for c in citizens]
    contributions, responses = [], []
    for number in range(draw(st.integers(2, 60))):
        sent = START + timedelta(seconds=draw(st.integers(0, 250 * 86_400)))
        wait = draw(st.one_of(st.none(), st.integers(0, 120 * 86_400)))
        answer = stamp(sent + timedelta(seconds=wait)) if wait is not None else ""
        who, about = draw(st.sampled_from([*citizens, ""])), draw(st.sampled_from([*DOMAINS, ""]))
        contributions.append([f"r{number}", who, "complaint", about, stamp(sent)])
        responses.append([f"r{number}", about, stamp(sent), answer])
    return {
        "contributions": contributions,
        "participants": participants,
        "population": population,
        "responses": responses,
    }


def write(folder: Path, town: dict[str, list[list[str]]]) -> dict[str, Path]:
    paths = {}
    for name, rows in town.items():
        paths[name] = folder / f"{name}.csv"
        with paths[name].open("w", newline="") as file:
            csv.writer(file).writerows([HEADERS[name], *rows])
    return paths


def counted(town: dict[str, list[list[str]]]) -> dict[str, float]:
    """Some of the metrics, straight from their definitions."""
    per_person = Counter(row[1] for row in town["contributions"] if row[1])
    told = {row[0]: row[2] for row in town["participants"] if row[2] and row[0] in per_person}
    living: Counter[str] = Counter()
    for _, age, _, number in town["population"]:
        living[age] += int(number)
    n, size = Counter(told.values()), sum(living.values())
    p = {age: n[age] / len(told) if told else 0.0 for age in AGES}
    q = {age: living[age] / size for age in AGES}
    spoken = defaultdict(list)
    for _, who, _, about, _ in town["contributions"]:
        if who and about:
            spoken[who].append(about)
    several = [about for about in spoken.values() if len(about) >= 2]
    x = sorted(per_person.values())
    return {
        "participants": len(per_person),
        "median": statistics.median(x) if x else None,
        "D": sum(abs(p[a] - q[a]) for a in AGES) / 2,
        "chi2": sum((n[a] - len(told) * q[a]) ** 2 / (len(told) * q[a]) for a in AGES)
        if told
        else None,
        "gini": sum(abs(a - b) for a in x for b in x) / (2 * len(x) * sum(x)) if x else None,
        "flexibility": statistics.fmean(len(set(about)) >= 2 for about in several)
        if several
        else None,
        "told": len(told),
    }


@given(towns())
@settings(max_examples=60, deadline=None)
def test_the_metrics_are_what_counting_gives(tmp_path_factory, town) -> None:
    paths = write(tmp_path_factory.mktemp("town"), town)
    found = measure(read_events(**paths, censor=stamp(CENSOR)))
    expected = counted(town)
    assert found["participation"]["participants"] == expected["participants"]
    assert found["participation"]["median_per_participant"] == expected["median"]
    assert found["flexibility"] == expected["flexibility"]
    if expected["gini"] is None:
        assert found["concentration"]["gini"] is None
    else:
        assert found["concentration"]["gini"] == pytest.approx(expected["gini"], abs=1e-12)
    age = found["representativeness"]["age"]
    if expected["told"]:
        assert age["dissimilarity_D"] == pytest.approx(expected["D"])
        assert age["chi2"] == pytest.approx(expected["chi2"])
    else:
        assert age["dissimilarity_D"] is None
    json.dumps(found, allow_nan=False)


# Single figures ------------------------------------------------------------------------------


@given(st.integers(0, 500), st.integers(1, 5_000))
def test_wilson_solves_the_score_equation(part: int, more: int) -> None:
    whole = part + more
    for end in wilson(part, whole):
        if 0 < end < 1:
            z = (part / whole - end) / math.sqrt(end * (1 - end) / whole)
            assert abs(z) == pytest.approx(1.959963984540054, rel=1e-6)


def test_likeness_of_a_town_where_the_old_take_part_at_a_third() -> None:
    age = likeness(AGES, [40, 50, 10], [3_000, 5_000, 3_000])
    rates = [40 / 3_000] * 3_000 + [50 / 5_000] * 5_000 + [10 / 3_000] * 3_000
    assert age.cv_propensity == pytest.approx(statistics.stdev(rates) / statistics.fmean(rates))
    p, q = np.array([0.4, 0.5, 0.1]), np.array([3, 5, 3]) / 11
    assert age.kl == pytest.approx(stats.entropy(p, q))
    middle = (p + q) / 2
    bits = (stats.entropy(p, middle, base=2) + stats.entropy(q, middle, base=2)) / 2
    assert age.js_base2 == pytest.approx(bits)
    assert age.chi2 == pytest.approx(stats.chisquare([40, 50, 10], 100 * q).statistic)


def test_nothing_in_common_is_one_bit() -> None:
    assert likeness(["a", "b"], [9, 0], [1, 10**12]).js_base2 == pytest.approx(1.0)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_diversity_counts_pairs_of_people(counts) -> None:
    found = diversity(counts)
    people = [kind for kind, number in enumerate(counts) for _ in range(number)]
    if len(people) < 2:
        assert found["unbiased_gini_simpson"] is None
        return
    pairs = [(a, b) for i, a in enumerate(people) for b in people[i + 1 :]]
    different = sum(a != b for a, b in pairs) / len(pairs)
    assert found["unbiased_gini_simpson"] == pytest.approx(different, abs=1e-12)
    assert found["shannon"] == pytest.approx(stats.entropy(counts), abs=1e-12)
    assert 1 - 1e-9 <= found["hill1"] <= len(set(people)) + 1e-9


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_concentration_is_the_same_from_people_and_from_counts(values) -> None:
    people = np.array(values)
    kinds, times = np.unique(people, return_counts=True)
    assert gini(kinds, times) == pytest.approx(gini(people), abs=1e-12)
    top = sorted(values, reverse=True)[: math.ceil(len(values) / 10)]
    assert top_share(people, 10) == pytest.approx(sum(top) / sum(values))
    assert top_share(kinds, 10, times) == pytest.approx(sum(top) / sum(values))
    assert 1 / len(values) - 1e-12 <= herfindahl(people) <= 1


def test_who_comes_back() -> None:
    people = np.array([0, 0, 1, 2, 2, 3])
    quarters = np.array([1, 2, 1, 2, 3, 2])
    assert active_in_several(people, quarters) == 0.5
    assert retention(people, quarters, 1, 2) == 0.5
    assert math.isnan(retention(people, quarters, 7, 8))


def test_personal_diversity_leaves_one_time_contributors_out() -> None:
    gs, hill = mean_personal_diversity(np.array([0, 0, 0, 1]), np.array([1, 2, 2, 1]))
    assert gs == pytest.approx(2 / 3)
    assert hill == pytest.approx(math.exp(stats.entropy([1, 2])))


# Waiting -------------------------------------------------------------------------------------


def still_waiting(durations: list[int], answered: list[bool], time: float) -> float:
    """Kaplan and Meier's product, one day after another."""
    left = 1.0
    for day in sorted({d for d, a in zip(durations, answered, strict=True) if a and d <= time}):
        at_risk = sum(d >= day for d in durations)
        left *= 1 - sum(d == day and a for d, a in zip(durations, answered, strict=True)) / at_risk
    return left


@given(st.lists(st.tuples(st.integers(0, 70), st.booleans()), min_size=1, max_size=40))
def test_the_curve_is_the_product_of_its_days(cases) -> None:
    durations, answered = map(list, zip(*cases, strict=True))
    curve = Survival.of(durations, answered)
    for day in (0, 7, 30, 60):
        assert curve.at(day) == pytest.approx(still_waiting(durations, answered, day), abs=1e-12)
    # the area below a step curve whose steps are at whole days
    area = sum(still_waiting(durations, answered, day) for day in range(60))
    assert curve.restricted_mean(60) == pytest.approx(area, abs=1e-9)
    median = curve.quantile(0.5)
    days = [d for d in range(71) if still_waiting(durations, answered, d) <= 0.5 + 1e-12]
    assert median == (days[0] if days else None)


def test_open_cases_make_the_wait_longer_than_answered_ones_alone_say() -> None:
    curve = Survival.of([2, 3, 4, 50, 50, 50], [True, True, True, False, False, False])
    assert curve.quantile(0.5) == 4
    assert curve.quantile(0.6) is None


@pytest.mark.parametrize("seed", range(4))
def test_log_rank_agrees_with_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    durations = rng.integers(1, 30, 60).astype(float)
    answered, groups = rng.random(60) < 0.8, rng.choice(["a", "b"], 60)
    sides = [
        stats.CensoredData(
            uncensored=durations[(groups == g) & answered],
            right=durations[(groups == g) & ~answered],
        )
        for g in "ab"
    ]
    expected, found = stats.logrank(*sides), log_rank(durations, answered, groups.tolist())
    assert found.statistic == pytest.approx(expected.statistic**2)
    assert found.p_value == pytest.approx(expected.pvalue)


def test_one_group_has_nothing_to_compare() -> None:
    assert log_rank(np.array([1.0]), np.array([True]), ["a"]) is None


# Files ---------------------------------------------------------------------------------------

TOWN = {
    "population": [["N", "14-29", "f", "400"], ["S", "30-64", "m", "600"]],
    "participants": [["c1", "N", "14-29", "f"], ["c2", "S", "", "m"], ["c3", "S", "30-64", "x"]],
    "contributions": [
        ["r1", "c1", "idea", "SM", "2026-01-01T00:00:00Z"],
        ["r2", "c1", "complaint", "SC", "2026-01-02T00:00:00Z"],
        ["r3", "c2", "complaint", "SC", "2026-01-03T00:00:00Z"],
        ["r4", "", "complaint", "SC", "2026-01-03T00:00:00Z"],
    ],
    "responses": [
        ["r1", "SM", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"],
        ["r2", "SC", "2026-01-01T00:00:00+00:00", ""],
        ["r3", "SC", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"],
    ],
}


def run(paths: dict[str, Path], *more: str, censor: str = "2026-01-11T00:00:00Z"):
    from backend.cli.indicators import indicators

    arguments = [part for name, path in paths.items() for part in (f"--{name}", str(path))]
    command = ["participation", *arguments, "--censor", censor, *more]
    return CliRunner().invoke(indicators, command)


def test_the_command_prints_what_is_promised(tmp_path: Path) -> None:
    result = run(write(tmp_path, TOWN), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert list(found) == [
        "participation", "representativeness", "diversity", "concentration", "flexibility",
        "responsiveness",
    ]  # fmt: skip
    assert found["participation"]["population"] == 1000
    assert found["participation"]["participants"] == 2
    assert found["participation"]["rate_per_1000"] == 2.0
    low, high = found["participation"]["wilson95"]
    assert low < 2.0 < high
    assert found["participation"]["contributions"] == 4
    assert found["representativeness"]["district"]["levels"] == ["N", "S"]
    assert found["representativeness"]["district"]["ratio"] == [1.25, pytest.approx(0.5 / 0.6)]
    assert found["flexibility"] == 1.0
    waits = found["responsiveness"]
    assert waits["answered_only_median_days"] == 2.5
    assert waits["km_median_days"] == 3.0
    assert waits["km_share_30d"] == pytest.approx(2 / 3)


def test_an_answer_after_the_censoring_time_has_not_come(tmp_path: Path) -> None:
    result = run(write(tmp_path, TOWN), "--json", censor="2026-01-03T12:00:00Z")
    waits = json.loads(result.stdout)["responsiveness"]
    assert waits["answered_only_median_days"] == 2.0
    assert waits["km_median_days"] is None


def test_a_group_that_the_census_lacks_counts_as_not_told(tmp_path: Path) -> None:
    town = TOWN | {"contributions": [*TOWN["contributions"], ["r5", "c3", "idea", "SM", ""]]}
    result = run(write(tmp_path, town), "--json")
    assert "1 told a sex that the population does not have" in result.stderr
    assert json.loads(result.stdout)["representativeness"]["sex"]["ratio"] == [1.25, 0.5 / 0.6]


def test_intervals_hold_the_figure_and_come_out_the_same_again(tmp_path: Path) -> None:
    events = read_events(**write(tmp_path, TOWN), censor="2026-02-01T00:00:00Z")
    found = intervals(events, draws=400)
    low, high = found["representativeness"]["district"]["dissimilarity_D"]
    assert low <= measure(events)["representativeness"]["district"]["dissimilarity_D"] <= high
    assert found == intervals(events, draws=400)


def test_quoted_cells_and_other_line_ends_read_the_same(tmp_path: Path) -> None:
    plain = write(tmp_path, TOWN)
    expected = run(plain, "--json").output
    text = plain["contributions"].read_text().replace("idea", '"idea, long\nand longer"')
    plain["contributions"].write_text(text)
    responses = plain["responses"].read_bytes().replace(b"\r\n", b"\n")
    plain["responses"].write_bytes(responses)
    assert run(plain, "--json").output == expected


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("responses", "2026-01-03T00:00:00Z", "2025-12-03T00:00:00Z", "before its question"),
        ("responses", "2026-01-03T00:00:00Z", "yesterday", "not a time"),
        ("responses", "2026-01-03T00:00:00Z", "2026-13-03T00:00:00Z", "not a time"),
        ("population", "400", "many", "no number of people"),
        ("participants", "c2", "c1", "names a citizen twice"),
        ("contributions", ",idea", "", "cells"),
        ("contributions", "domain", "theme", "no column domain"),
    ],
)
def test_faulty_files_are_refused_with_the_place(tmp_path, name, old, new, reason) -> None:
    paths = write(tmp_path, TOWN)
    paths[name].write_text(paths[name].read_text().replace(old, new))
    result = run(paths, "--json")
    assert result.exit_code == 1
    assert reason in result.output


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants it
def test_times_are_read_alike_at_once_and_one_by_one(when) -> None:
    from ml.indicators.participation.reading import _moments

    text = when.isoformat(timespec="milliseconds") + "Z"
    assert _moments([text], "it")[0] == pytest.approx(moment(text, "it"), abs=1e-6)


def test_no_population_no_rate(tmp_path: Path) -> None:
    paths = write(tmp_path, TOWN | {"population": []})
    with pytest.raises(DataRefused, match="population"):
        measure(read_events(**paths, censor="2026-02-01T00:00:00Z"))


# Ideas and deliberation ----------------------------------------------------------------------


def test_novelty_agrees_with_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    from ml.indicators.participation.ideas import novelty

    texts = ["trees for the square", "night bus to the station", "trees and a bus", "open library"]
    weights = TfidfVectorizer(token_pattern=r"[^\W_]{2,40}").fit_transform(texts)
    alike = (weights @ weights.T).toarray()
    found = novelty(texts)
    expected = [1 - max((alike[i, j] for j in range(i)), default=0) for i in range(4)]
    assert found.novelty == pytest.approx(expected)
    pairs = [1 - alike[i, j] for i in range(4) for j in range(i)]
    assert found.diversity == pytest.approx(statistics.fmean(pairs))


def test_the_effective_number_of_ideas() -> None:
    from ml.indicators.participation.ideas import novelty

    assert novelty(["one two", "three four", "five six"]).vendi == pytest.approx(3.0)
    assert novelty(["one two"] * 5).vendi == pytest.approx(1.0)
    assert len(novelty(["one two"] * 3).near_duplicates) == 3
    assert novelty([]).median is None
    assert novelty(["", "!"]).n == 2


@given(st.sets(st.sampled_from(["published question", "summary", "reason", "decision"])))
def test_no_process_stands_higher_than_its_evidence(evidence) -> None:
    from ml.indicators.participation.deliberation import EVIDENCE, LADDER, rung

    for claimed in LADDER:
        found = rung(claimed, evidence)
        if found.supported:
            assert EVIDENCE[found.supported] <= evidence
            assert LADDER.index(found.supported) <= LADDER.index(claimed)
        assert (found.supported == claimed) == (not found.missing)


def test_answering_oneself_is_no_exchange() -> None:
    from ml.indicators.participation.deliberation import exchange

    assert exchange([("a", None), ("a", "a")]).reply_ratio == 0.0
    assert exchange([]).reply_ratio is None
