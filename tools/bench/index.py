"""Participation metrics of a large city, and the uncertainty of an index of many."""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CONTRIBUTIONS, PEOPLE = 1_000_000, 200_000
UNITS, INDICATORS, RUNS = 51, 49, 10_000
SECONDS, MEGABYTES = 10.0, 1024.0
DISTRICTS, AGES = [f"d{n}" for n in range(12)], ["14-29", "30-44", "45-64", "65+"]
DOMAINS = ["SM", "SE", "SC", "SG", "SL", "SEN"]
# A small process in between: a child's peak memory counts from what its parent had.
_METER = """
import json, resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def measure() -> list[tuple[str, float, float, str]]:
    """Name, figure, goal and remark of each; a smaller figure is better."""
    cpu, wall, megabytes = _participation()
    seconds = _monte_carlo()
    return [
        ("participation, seconds of CPU", cpu, SECONDS, f"{CONTRIBUTIONS:,} rows; {wall:.1f} s"),
        ("participation, MB at most", megabytes, MEGABYTES, f"{PEOPLE:,} people"),
        ("uncertainty, seconds of CPU", seconds, SECONDS, f"{RUNS:,} × {UNITS} × {INDICATORS}"),
    ]


def _participation() -> tuple[float, float, float]:
    """CPU seconds, seconds and peak memory of the command as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("vox")), "indicators", "participation"]
        for name, path in _files(Path(folder)).items():
            command += [f"--{name}", str(path)]
        command += ["--censor", "2026-12-31T00:00:00Z", "--json"]
        env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _METER, *command], check=True, capture_output=True, env=env
        )
        wall = time.perf_counter() - start
    printed, used = done.stdout.splitlines()
    assert json.loads(printed)["participation"]["contributions"] == CONTRIBUTIONS
    cpu, kilobytes = json.loads(used)
    return cpu, wall, kilobytes / 1024


def _files(folder: Path) -> dict[str, Path]:
    rng = np.random.default_rng(1)
    who = np.minimum((rng.pareto(0.8, CONTRIBUTIONS) * 4_000).astype(int), PEOPLE - 1)
    when = rng.integers(1_767_225_600, 1_793_000_000, CONTRIBUTIONS)
    sent = np.datetime_as_string(when.astype("datetime64[s]")).tolist()
    came = np.datetime_as_string(
        (when + rng.exponential(15 * 86_400, CONTRIBUTIONS).astype(int)).astype("datetime64[s]")
    ).tolist()
    about = rng.choice(DOMAINS, CONTRIBUTIONS).tolist()
    is_open = (rng.random(CONTRIBUTIONS) < 0.1).tolist()
    tables = {
        "contributions": (
            ["contribution_id", "citizen_id", "kind", "domain", "submitted_at"],
            (
                [f"r{n}", f"c{who[n]}", "complaint", about[n], f"{sent[n]}Z"]
                for n in range(len(who))
            ),
        ),
        "participants": (
            ["citizen_id", "district", "age", "sex"],
            ([f"c{n}", DISTRICTS[n % 12], AGES[n % 4], "fm"[n % 2]] for n in range(PEOPLE)),
        ),
        "population": (
            ["district", "age", "sex", "population"],
            ([d, a, s, 20_000] for d in DISTRICTS for a in AGES for s in "fm"),
        ),
        "responses": (
            ["contribution_id", "domain", "submitted_at", "first_response_at"],
            (
                [f"r{n}", about[n], f"{sent[n]}Z", "" if is_open[n] else f"{came[n]}Z"]
                for n in range(len(who))
            ),
        ),
    }
    paths = {}
    for name, (header, rows) in tables.items():
        paths[name] = folder / f"{name}.csv"
        with paths[name].open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    return paths


def _monte_carlo() -> float:
    from ml.indicators import Panel, Recipe, Structure
    from ml.indicators.uncertainty import Choices, Ensemble, monte_carlo

    rng = np.random.default_rng(1)
    values = np.exp(rng.normal(size=(UNITS, INDICATORS)))
    values[rng.random(values.shape) < 0.03] = np.nan
    columns = {
        f"i{n}": [None if np.isnan(v) else v for v in values[:, n].tolist()]
        for n in range(INDICATORS)
    }
    rows = [{"code": f"i{n}", "parent": f"p{n % 8}"} for n in range(INDICATORS)]
    rows += [{"code": f"p{n}", "parent": f"s{n % 2}", "level": 2} for n in range(8)]
    rows += [{"code": f"s{n}", "parent": "index", "level": 3} for n in range(2)]
    structure = Structure.of([*rows, {"code": "index", "level": 4}])
    panel = Panel.of([f"u{n}" for n in range(UNITS)], columns)
    start = time.process_time()
    found = monte_carlo(Ensemble(panel, structure, Recipe("minmax:1:100"), Choices()), RUNS)
    assert found.ranks.shape == (RUNS, UNITS)
    return time.process_time() - start
