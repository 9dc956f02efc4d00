"""The count against pabutools: same winners, and how many times as fast, in one run."""

import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from backend.ideas.count import Rule, count, terms
from backend.ideas.count.pabulib import pabulib_text, read_pabulib
from backend.ideas.count.package import (
    Publication,
    PublishedBallot,
    receipt_mark,
    verify_package,
    write_package,
)
from tools.bench.elections import invent
from tools.bench.oracle import Oracle

RULES = ("votes", "equal-shares", "phragmen")
ELECTIONS, MOST_PROJECTS, MOST_VOTERS = 200, 100, 5_000
LARGE_PROJECTS, LARGE_VOTERS, MANY = 160, 90_000, 100_000
FLOATING, EXACT, PARSE_SECONDS, VERIFY_SECONDS = 50.0, 5.0, 2.0, 10.0

Row = tuple[str, bool, str]


def measure() -> Iterator[Row]:
    """What is promised, whether it holds, and the figures."""
    yield from _large()
    yield from _files()
    yield from _many()


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def _many() -> Iterator[Row]:
    dice, differing, counts = random.Random(2027), 0, 0
    for seed in range(ELECTIONS):
        # A few are as large as promised, most are small: small ones have the ties.
        share = dice.random() ** 2
        projects = 2 + round(share * (MOST_PROJECTS - 2))
        voters = 5 + round(share * dice.random() * (MOST_VOTERS - 5))
        if seed == 0:
            projects, voters = MOST_PROJECTS, MOST_VOTERS
        election = invent(seed, projects, voters)
        oracle = Oracle(election)
        for rule in RULES:
            expected = oracle.winners(rule)
            for exact in (False, True):
                counts += 1
                differing += sorted(count(election, Rule(rule), exact=exact).selected) != expected
    yield (
        "same winners as pabutools",
        differing == 0,
        f"{differing} of {counts} counts of {ELECTIONS} elections differ",
    )


def _large() -> Iterator[Row]:
    election = invent(1, LARGE_PROJECTS, LARGE_VOTERS)
    oracle = Oracle(election)
    for rule in RULES:
        theirs, expected = _timed(lambda rule=rule: oracle.winners(rule))  # type: ignore[misc]
        for exact in (False, True):
            ours, outcome = _timed(lambda: count(election, Rule(rule), exact=exact))  # noqa: B023
            same = sorted(outcome.selected) == expected
            goal = (EXACT if exact else FLOATING) if rule == "equal-shares" else 0.0
            yield (
                f"{rule}, {LARGE_PROJECTS} projects, {LARGE_VOTERS:,} ballots"
                + (", exact" if exact else ""),
                same and theirs / ours >= goal,
                f"{theirs:.2f} s against {ours:.2f} s, ×{theirs / ours:.0f} (goal ×{goal:g}),"
                f" {'same' if same else 'OTHER'} winners",
            )


def _files() -> Iterator[Row]:
    election = invent(2, MOST_PROJECTS, MANY)
    with tempfile.TemporaryDirectory() as folder:
        file, package = Path(folder) / "large.pb", Path(folder) / "package"
        file.write_text(pabulib_text(election), encoding="utf-8")
        seconds, _ = _timed(lambda: count(read_pabulib(file), Rule()))
        yield (
            f"read and count {MANY:,} ballots by votes",
            seconds < PARSE_SECONDS,
            f"{seconds:.2f} s (goal {PARSE_SECONDS:g} s)",
        )
        cast = [
            tuple(election.projects[at].id for at in ballot.choices)
            for ballot, times in election.ballots
            for _ in range(times)
        ]
        ballots = [PublishedBallot(receipt_mark(f"{n}"), ids) for n, ids in enumerate(cast)]
        for rule in (Rule(), Rule("equal-shares")):
            frozen = terms(election, {"kind": "approval"}, rule)
            write_package(package, Publication(frozen, ballots, {"description": "bench"}, "1"))
            seconds, report = _timed(lambda: verify_package(package))
            yield (
                f"verify a package of {MANY:,} ballots, {rule.name}",
                report.ok and seconds <= VERIFY_SECONDS,
                f"{seconds:.2f} s (goal {VERIFY_SECONDS:g} s)",
            )
