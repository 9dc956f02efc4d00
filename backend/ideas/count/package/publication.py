"""Writing the package: pure, from the frozen terms and the ballots, to files."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.ideas.count import count
from backend.ideas.count.outcome import Outcome
from backend.ideas.count.package.bundle import verifier_text
from backend.ideas.count.package.format import (
    BALLOTS,
    FORMAT,
    LISTED,
    MANIFEST,
    PABULIB,
    README,
    RESULT,
    SEAL,
    TERMS,
    VERIFIER,
    PublishedBallot,
    archive,
    chained,
    election_from,
    receipt_mark,
    result_of,
    rule_of,
    sha256,
)
from backend.ideas.count.package.verifying import pabulib_of
from backend.ideas.count.rule import canonical, terms_hash

__all__ = [
    "Publication",
    "PublishedBallot",
    "Written",
    "election_from",
    "package_files",
    "receipt_mark",
    "write_package",
]


@dataclass(frozen=True)
class Publication:
    """What is published: `terms` as frozen when voting opened (see `rule.terms`), the ballots, the
    seed of the lot, and what was withdrawn since.

    `about` is free text by key (description, country, unit, instance, currency …) for the .pb file
    and the manifest; nothing in it may tell when single ballots were cast.
    """

    terms: Mapping[str, Any]
    ballots: Iterable[PublishedBallot]
    about: Mapping[str, str]
    version: str
    seed: str = ""
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """The fingerprint to publish elsewhere, the outcome, and the files."""

    fingerprint: str
    outcome: Outcome
    files: Mapping[str, bytes]


def package_files(publication: Publication) -> Written:
    """Count exactly and put everything into files; writes nothing."""
    terms = dict(publication.terms)
    start = terms_hash(terms)
    entries = list(chained(publication.ballots, start))
    election = election_from(terms, entries, publication.withdrawn)
    rule = rule_of(terms, publication.seed)
    outcome = count(election, rule, exact=True)
    files = {
        TERMS: _pretty(terms),
        BALLOTS: b"".join(canonical(entry) + b"\n" for entry in entries),
        RESULT: _pretty(result_of(outcome, rule, publication.withdrawn)),
        PABULIB: pabulib_of(terms, entries, outcome, publication.withdrawn, publication.about),
        VERIFIER: verifier_text().encode(),
        README: _readme(publication.about).encode(),
    }
    manifest = {
        "about": dict(publication.about),
        "ballots": len(entries),
        "chain_end": entries[-1]["link"] if entries else start,
        "chain_start": start,
        "files": {name: sha256(files[name]) for name in LISTED},
        "format": FORMAT,
        "rule_hash": rule.hash,
        "terms_hash": start,
        "version": publication.version,
    }
    files[MANIFEST] = _pretty(manifest)
    fingerprint = sha256(files[MANIFEST])
    files[SEAL] = f"{fingerprint}\n".encode()
    return Written(fingerprint, outcome, files)


def write_package(path: Path, publication: Publication) -> Written:
    """Write the package: one file if the path ends in .zip, otherwise a folder."""
    written = package_files(publication)
    if path.suffix == ".zip":
        path.write_bytes(archive(written.files))
        return written
    path.mkdir(parents=True, exist_ok=True)
    for name, data in written.files.items():
        (path / name).write_bytes(data)
    return written


def _pretty(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return (text + "\n").encode()


def _readme(about: Mapping[str, str]) -> str:
    return f"""{about.get("description", "A count")}

This package holds everything that was counted and how. Whoever has Python 3.11 or newer can check
it and count again, without a network and without installing anything:

    python3 verify.py .

terms.json      what was fixed when voting opened: projects, costs, budget, ballot, rule
ballots.jsonl   every ballot, in the order of its mark; each line is chained to the one before
result.json     who won, why everybody else did not, round by round
election.pb     the same ballots in the Pabulib format, for other tools
verify.py       the program that counted, in one file
manifest.json   the fingerprint of each file; its own fingerprint is in manifest.sha256

To find your own ballot: python3 verify.py . --receipt YOUR-RECEIPT
Compare the fingerprint that is printed with the one the city has published elsewhere.
"""
