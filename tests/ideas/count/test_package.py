"""The published package: whatever is changed in it is found, and a stranger can count again."""

from __future__ import annotations

import ast
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli.tally import tally
from backend.ideas.count import Project, Rule, Support, count, election_of, terms
from backend.ideas.count.pabulib import read_pabulib
from backend.ideas.count.package import (
    Publication,
    PublishedBallot,
    package_files,
    receipt_mark,
    verify_package,
    write_package,
)
from backend.ideas.count.package.bundle import verifier_text
from backend.ideas.count.package.format import archive

ABOUT = {"description": "Ideas for Vliermonde", "unit": "Vliermonde", "currency": "EUR"}
LOT = ("cost", "votes", "lot")
RULES = [
    (Rule(tie=LOT, caps="ignore", leftover="partial"), "approval"),
    (Rule(name="equal-shares", completion="add1", tie=LOT), "approval"),
    (Rule(name="points", min_support=Support.parse("share:1%")), "cumulative"),
    (Rule(name="phragmen", completion="votes"), "ordinal"),
]


def publication(rule: Rule, kind: str = "approval", voters: int = 40) -> Publication:
    dice = random.Random(7)
    projects = [Project(f"P{n}", dice.randint(10, 90) * 100, f"Idea {n}") for n in range(8)]
    ids = [project.id for project in projects]
    ballots = []
    for voter in range(voters):
        chosen = tuple(dice.sample(ids, dice.randint(1, 4)))
        points = tuple(range(len(chosen), 0, -1)) if kind == "cumulative" else ()
        ballots.append(PublishedBallot(receipt_mark(f"receipt-{voter}"), chosen, points))
    election = election_of(kind, 15_000, projects, [])
    frozen = terms(election, {"kind": kind, "min": 1, "max": 4}, rule)
    return Publication(frozen, ballots, ABOUT, "1.0", seed="4711" if "lot" in rule.tie else "")


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "count"
    write_package(folder, publication(RULES[1][0]))
    return folder


@pytest.mark.parametrize(("rule", "kind"), RULES)
def test_a_package_holds_and_its_own_file_says_so_with_the_standard_library(
    rule, kind, tmp_path
) -> None:
    folder = tmp_path / "count"
    written = write_package(folder, publication(rule, kind))
    assert verify_package(folder, fingerprint=written.fingerprint).faults == []
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert written.fingerprint in run.stdout
    again = read_pabulib(folder / "election.pb")
    assert again.voters == 40
    assert count(again, rule.with_seed("4711")).selected == written.outcome.selected


def test_the_voter_finds_the_ballot_with_the_receipt(package) -> None:
    found = CliRunner().invoke(tally, ["verify", str(package), "--receipt", "receipt-3"])
    assert found.exit_code == 0
    assert "your ballot is number" in found.output
    lost = CliRunner().invoke(tally, ["verify", str(package), "--receipt", "another"])
    assert lost.exit_code == 1
    assert "no ballot has this receipt" in lost.output


def test_the_order_of_the_list_tells_nothing_about_the_order_of_casting() -> None:
    given = publication(RULES[0][0])
    turned = Publication(given.terms, list(reversed(list(given.ballots))), ABOUT, "1.0", "4711")
    assert package_files(given).files == package_files(turned).files


def _changed(data: bytes, dice: random.Random) -> bytes:
    """One character changed, dropped, swapped with the next, or repeated."""
    while True:
        at = dice.randrange(len(data))
        how = dice.choice(("change", "drop", "swap", "repeat"))
        if how == "change":
            new = data[:at] + bytes([dice.choice(b"0123456789abcdef ,\n;{")]) + data[at + 1 :]
        elif how == "drop":
            new = data[:at] + data[at + 1 :]
        elif how == "swap":
            new = data[:at] + data[at : at + 2][::-1] + data[at + 2 :]
        else:
            new = data[:at] + data[at : at + 1] + data[at:]
        if new != data:
            return new


@pytest.mark.parametrize("times", [200, pytest.param(2_000, marks=pytest.mark.bars)])
def test_every_change_of_one_character_is_found(package, tmp_path, times) -> None:
    dice, copy = random.Random(20), tmp_path / "copy"
    shutil.copytree(package, copy)
    names = sorted(item.name for item in package.iterdir())
    for _ in range(times):
        file = copy / dice.choice(names)
        whole = file.read_bytes()
        file.write_bytes(_changed(whole, dice))
        assert not verify_package(copy).ok, file.name
        file.write_bytes(whole)
    assert verify_package(copy).ok


def test_every_change_of_the_archive_is_found(tmp_path) -> None:
    dice, file = random.Random(21), tmp_path / "count.zip"
    write_package(file, publication(RULES[0][0], voters=10))
    whole = file.read_bytes()
    assert verify_package(file).ok
    for _ in range(200):
        file.write_bytes(_changed(whole, dice))
        assert not verify_package(file).ok


def test_lines_and_files_that_are_dropped_swapped_or_repeated_are_found(package, tmp_path) -> None:
    dice, copy = random.Random(22), tmp_path / "copy"
    shutil.copytree(package, copy)
    for name in ("ballots.jsonl", "election.pb", "result.json"):
        lines = (copy / name).read_bytes().splitlines(keepends=True)
        for how in ("drop", "swap", "repeat"):
            at = dice.randrange(len(lines) - 1)
            new = {
                "drop": lines[:at] + lines[at + 1 :],
                "swap": [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]],
                "repeat": [*lines[: at + 1], *lines[at:]],
            }[how]
            (copy / name).write_bytes(b"".join(new))
            assert not verify_package(copy).ok
        (copy / name).write_bytes(b"".join(lines))
    (copy / "copy of ballots.jsonl").write_bytes(b"")
    assert "does not belong" in verify_package(copy).faults[0]
    (copy / "copy of ballots.jsonl").unlink()
    (copy / "result.json").unlink()
    assert "result.json is missing" in verify_package(copy).faults


def _forged(package: Path, change) -> dict[str, bytes]:
    """A package that somebody changed and then made whole again, fingerprints and all."""
    import json

    from backend.ideas.count.package.format import BALLOTS, MANIFEST, RESULT, SEAL, TERMS, sha256

    files = {item.name: item.read_bytes() for item in package.iterdir()}
    parts = {name: json.loads(files[name]) for name in (MANIFEST, RESULT, TERMS)}
    change(files, parts)
    for name in (RESULT, TERMS):
        files[name] = json.dumps(parts[name], sort_keys=True).encode()
    manifest = parts[MANIFEST]
    manifest["files"] = {name: sha256(files[name]) for name in manifest["files"]}
    assert BALLOTS in manifest["files"]
    files[MANIFEST] = json.dumps(manifest, sort_keys=True).encode()
    files[SEAL] = f"{sha256(files[MANIFEST])}\n".encode()
    return files


def _other_winner(files, parts) -> None:
    parts["result.json"]["selected"] = parts["result.json"]["selected"][:-1]


def _other_rule(files, parts) -> None:
    parts["terms.json"]["rule"]["leftover"] = "stop"


def _other_ballot(files, parts) -> None:
    lines = files["ballots.jsonl"].splitlines(keepends=True)
    lines[4] = lines[4].replace(b'"choices":["P', b'"choices":["P9","P', 1)
    files["ballots.jsonl"] = b"".join(lines)


def _ballot_left_out(files, parts) -> None:
    lines = files["ballots.jsonl"].splitlines(keepends=True)
    files["ballots.jsonl"] = b"".join(lines[:-1])
    parts["manifest.json"]["ballots"] -= 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_other_winner, "'selected' comes out differently"),
        (_other_rule, "rule is not the one that was frozen"),
        (_other_ballot, "ballot 5: the chain breaks here"),
        (_ballot_left_out, "missing at the end"),
    ],
)
def test_a_forgery_with_new_fingerprints_is_found_by_its_content(
    change, what, package, tmp_path
) -> None:
    file = tmp_path / "forged.zip"
    file.write_bytes(archive(_forged(package, change)))
    report = verify_package(file)
    assert any(what in fault for fault in report.faults), report.faults


def test_a_package_forged_as_a_whole_is_found_by_the_published_fingerprint(tmp_path) -> None:
    honest = package_files(publication(RULES[0][0]))
    written = write_package(tmp_path / "forged", publication(RULES[0][0], voters=39))
    assert verify_package(tmp_path / "forged").ok
    assert written.fingerprint != honest.fingerprint
    report = verify_package(tmp_path / "forged", fingerprint=honest.fingerprint)
    assert "not the one that was published" in report.faults[0]


def test_no_package_at_all_is_a_fault_and_not_a_crash(tmp_path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    assert not verify_package(tmp_path).ok
    assert not verify_package(tmp_path / "notes.txt").ok
    assert not verify_package(tmp_path / "nowhere").ok


def test_the_one_file_verifier_names_nothing_twice() -> None:
    names = Counter(
        node.name
        for node in ast.parse(verifier_text()).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    )
    assert [name for name, times in names.items() if times > 1] == []
