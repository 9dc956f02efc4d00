"""Verifying a package with the standard library alone: files, chain, ballots, and the count."""

import argparse
import gc
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from backend.ideas.count.completion import FEW_BALLOTS, Quick
from backend.ideas.count.counting import count
from backend.ideas.count.election import BALLOT_KINDS, ORDINAL, Ballot
from backend.ideas.count.money import read_written
from backend.ideas.count.outcome import Outcome
from backend.ideas.count.pabulib.writing import pabulib_text
from backend.ideas.count.package.format import (
    BALLOTS,
    FORMAT,
    LISTED,
    MANIFEST,
    PABULIB,
    RESULT,
    SEAL,
    TERMS,
    Words,
    archive,
    election_from,
    link_after,
    published_as_ballot,
    receipt_mark,
    result_of,
    rule_of,
    sha256,
    spoken,
)
from backend.ideas.count.rule import canonical, terms_hash

MOST_FAULTS = 50
FULL_RECOUNT = 300_000  # distinct ballots times steps of Add1


@dataclass
class Report:
    """What was found: faults, and what was checked."""

    faults: list[str] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    fingerprint: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.faults

    def fault(self, what: str) -> None:
        """Something does not hold."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(what)


def verify_package(
    path: Path, *, fingerprint: str = "", every_step: bool = False, quick: Quick | None = None
) -> Report:
    """Check a package, as a folder or as a zip file.

    `fingerprint` is the one the city published elsewhere: without it, a package that was forged as
    a whole would look whole. `quick` is a faster market for the steps of Add1.
    """
    report = Report()
    try:
        _read(report, path)
        manifest = _check_files(report, fingerprint)
        if report.ok:
            terms = _object(report.files[TERMS])
            _check_terms(report, manifest, terms)
            _check_chain(report, manifest)
            _check_ballots(report, terms)
            if report.ok:
                _check_count(report, manifest, terms, every_step, quick)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        report.fault(f"not a package as described: {type(error).__name__}: {error}")
    return report


def _read(report: Report, path: Path) -> None:
    names = {*LISTED, MANIFEST, SEAL}
    if path.is_dir():
        found = {item.name for item in path.iterdir() if item.name != "__pycache__"}
        report.files = {name: (path / name).read_bytes() for name in sorted(found & names)}
    elif path.is_file():
        raw = path.read_bytes()
        try:
            with zipfile.ZipFile(path) as bundle:
                listed = bundle.namelist()
                found = set(listed)
                report.files = {name: bundle.read(name) for name in sorted(found & names)}
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            report.fault(f"the archive cannot be read: {error}")
            return
        if len(listed) > len(found) or archive(report.files) != raw:
            report.fault("the archive is not spelt as it was written")
    else:
        report.fault(f"{path} is not there")
        return
    for name in sorted(names - found):
        report.fault(f"{name} is missing")
    for name in sorted(found - names):
        report.fault(f"{name} does not belong to the package")


def _check_files(report: Report, expected: str) -> dict[str, Any]:
    if not report.ok:
        return {}
    report.fingerprint = sha256(report.files[MANIFEST])
    if report.files[SEAL] != f"{report.fingerprint}\n".encode():
        report.fault(f"{MANIFEST} is not the one that {SEAL} names")
    if expected and expected.strip().lower() != report.fingerprint:
        report.fault(f"the fingerprint is {report.fingerprint}, not the one that was published")
    manifest = _object(report.files[MANIFEST])
    if manifest["format"] != FORMAT:
        report.fault(f"the format is '{manifest['format']}', this verifier knows {FORMAT}")
    if sorted(manifest["files"]) != sorted(LISTED):
        report.fault(f"{MANIFEST} does not list the files of a package")
    for name, stated in manifest["files"].items():
        if sha256(report.files.get(name, b"")) != stated:
            report.fault(f"{name} was changed")
            if name == BALLOTS:
                _check_chain(report, manifest)
    report.checked.append(f"{len(LISTED)} files are as they were published")
    return manifest


def _check_terms(report: Report, manifest: Mapping[str, Any], terms: Mapping[str, Any]) -> None:
    stated = terms_hash(dict(terms))
    if stated != manifest["terms_hash"] or stated != manifest["chain_start"]:
        report.fault("the terms are not the ones that were frozen when voting opened")
    if rule_of(terms, "").hash != manifest["rule_hash"]:
        report.fault("the rule is not the one that was frozen when voting opened")
    report.checked.append(f"terms {stated[:16]}… with rule {manifest['rule_hash'][:16]}…")


def _check_chain(report: Report, manifest: Mapping[str, Any]) -> None:
    """Every link, every number, and the marks in order, so that none stands twice."""
    before, mark = manifest["chain_start"], ""
    lines = report.files[BALLOTS].split(b"\n")
    if lines.pop() != b"":
        report.fault(f"{BALLOTS} does not end with a line's end")
    report.entries = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            link = entry["link"]
            if canonical(entry) != line:
                report.fault(f"ballot {number}: not spelt as it was written")
            if entry["ballot"] != number:
                report.fault(f"ballot {number}: bears the number {entry['ballot']}")
            if entry["mark"] <= mark:
                report.fault(f"ballot {number}: its mark stands twice or out of order")
            if link_after(before, line.replace(b'"link":"%s",' % link.encode(), b"", 1)) != link:
                report.fault(f"ballot {number}: the chain breaks here")
            before, mark = link, entry["mark"]
        except (ValueError, KeyError, TypeError, AttributeError):
            report.fault(f"ballot {number}: cannot be read")
            return
        report.entries.append(entry)
        if len(report.faults) >= MOST_FAULTS:
            return
    if before != manifest["chain_end"] or len(lines) != manifest["ballots"]:
        report.fault("ballots are missing at the end, or were added")
    report.checked.append(f"{len(lines)} ballots in an unbroken chain")


def _check_ballots(report: Report, terms: Mapping[str, Any]) -> None:
    """Each ballot keeps to the rules of the ballot that were frozen."""
    rules = terms["ballot"]
    if rules["kind"] not in BALLOT_KINDS:
        report.fault(f"ballots of kind '{rules['kind']}' are not known")
    costs = {item["id"]: read_written(item["cost"]) for item in terms["projects"]}
    allowed: set[Words] = set()
    for entry in report.entries:
        words = spoken(entry)
        if words in allowed:
            continue
        if what := _not_allowed(words, rules, costs):
            report.fault(f"ballot {entry['ballot']}: {what}")
        else:
            allowed.add(words)
    report.checked.append("every ballot keeps to the rules of the ballot")


def _not_allowed(words: Words, rules: Mapping[str, Any], costs: Mapping[str, Any]) -> str:
    choices, points = words[0], [read_written(value) for value in words[1]]
    if not costs.keys() >= set(choices):
        return "there is no such project"
    if len(set(choices)) < len(choices):
        return "a project is chosen twice"
    needs_points = rules["kind"] not in {"approval", ORDINAL}
    if len(points) != (len(choices) if needs_points or points else 0):
        return "choices and points do not match"
    if not rules.get("min", 0) <= len(choices) <= rules.get("max", len(costs)):
        return f"{len(choices)} choices"
    if "max_cost" in rules and sum(costs[name] for name in choices) > read_written(
        rules["max_cost"]
    ):
        return "the choices cost more than allowed"
    if points and "max_points" in rules and sum(points) > read_written(rules["max_points"]):
        return "more points than allowed"
    return ""


def _check_count(
    report: Report,
    manifest: Mapping[str, Any],
    terms: Mapping[str, Any],
    every_step: bool,
    quick: Quick | None,
) -> None:
    stated = _object(report.files[RESULT])
    election = election_from(terms, report.entries, stated["withdrawn"])
    rule = rule_of(terms, stated["seed"])
    at, note = None, ""
    if rule.completion == "add1" and stated["endowment"] is not None and not every_step:
        end = Fraction(stated["endowment"])
        steps = end - Fraction(election.budget) / max(election.voters, 1)
        many = len(election.ballots) > FEW_BALLOTS
        if many and steps * len(election.ballots) > FULL_RECOUNT * (10 if quick else 1):
            at, note = end, f"; Add1 looked at where it ends, not at its {int(steps)} steps"
    outcome = count(election, rule, exact=True, endowment=at, quick=quick)
    again = json.loads(json.dumps(result_of(outcome, rule, stated["withdrawn"])))
    for key in sorted(set(again) | set(stated)):
        if again.get(key) != stated.get(key):
            report.fault(f"counted again, '{key}' comes out differently")
    pb = pabulib_of(terms, report.entries, outcome, stated["withdrawn"], manifest["about"])
    if pb != report.files[PABULIB]:
        report.fault(f"{PABULIB} does not hold the same election")
    report.checked.append(f"counted again: {len(outcome.selected)} winners, the same{note}")


def pabulib_of(
    terms: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    outcome: Outcome,
    withdrawn: Iterable[str],
    about: Mapping[str, str],
) -> bytes:
    """The election in the Pabulib format, ballots under their numbers in the list."""
    election = election_from(terms, (), withdrawn)
    place = {project.id: at for at, project in enumerate(election.projects)}
    known: dict[Words, Ballot] = {}
    listed = []
    for entry in entries:
        words = spoken(entry)
        if words not in known:
            known[words] = published_as_ballot(words, place, election.kind)
        listed.append((str(entry["ballot"]), known[words]))
    return pabulib_text(election, meta=about, selected=outcome.selected, ballots=listed).encode()


def _object(data: bytes) -> dict[str, Any]:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise TypeError("an object was expected")
    return value


def main(arguments: Sequence[str], quick: Quick | None = None) -> int:
    """Run from a terminal: prints what was checked; exit code 1 if anything does not hold."""
    parser = argparse.ArgumentParser(description="Check a published count and count it again.")
    parser.add_argument("package", type=Path)
    parser.add_argument("--fingerprint", default="", help="the one that was published elsewhere")
    parser.add_argument("--receipt", default="", help="find this ballot in the list")
    parser.add_argument("--every-step", action="store_true", help="repeat every step of Add1")
    given = parser.parse_args(arguments)
    gc.disable()  # nothing here goes round in circles, and looking for circles takes a third of it
    report = verify_package(
        given.package, fingerprint=given.fingerprint, every_step=given.every_step, quick=quick
    )
    say = sys.stdout.write
    for line in report.checked if report.ok else []:
        say(f"ok    {line}\n")
    for line in report.faults:
        say(f"FAULT {line}\n")
    found = not given.receipt or _show_ballot(report, given.receipt)
    say(f"fingerprint {report.fingerprint}\n")
    say("The package holds.\n" if report.ok else "The package does not hold.\n")
    return 0 if report.ok and found else 1


def _show_ballot(report: Report, receipt: str) -> bool:
    mark = receipt_mark(receipt)
    for entry in report.entries:
        if entry["mark"] == mark:
            points = f" ({', '.join(entry['points'])})" if "points" in entry else ""
            chosen = ", ".join(entry["choices"]) or "nothing"
            sys.stdout.write(f"your ballot is number {entry['ballot']}: {chosen}{points}\n")
            return True
    sys.stdout.write("no ballot has this receipt\n")
    return False
