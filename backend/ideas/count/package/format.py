"""The package's format: file names, the chain of ballots, and the archive's one spelling."""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from backend.ideas.count.election import Ballot, Cap, Election, Project
from backend.ideas.count.money import Number, read_written, written
from backend.ideas.count.outcome import Outcome
from backend.ideas.count.rule import Rule, canonical, rule_from

FORMAT = "vox-count-package/1"
MANIFEST, SEAL, TERMS, BALLOTS = "manifest.json", "manifest.sha256", "terms.json", "ballots.jsonl"
RESULT, PABULIB, VERIFIER, README = "result.json", "election.pb", "verify.py", "README.txt"
LISTED = (BALLOTS, PABULIB, README, RESULT, TERMS, VERIFIER)
Words = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class PublishedBallot:
    """One ballot as it is published: the mark of its receipt and its choices, by project id.

    On a ranked ballot the ids stand in order of preference. The mark is `receipt_mark(receipt)`;
    whoever holds the receipt finds the ballot, nobody else learns whose it is.
    """

    mark: str
    choices: tuple[str, ...]
    points: tuple[Number, ...] = ()


def receipt_mark(receipt: str) -> str:
    """What stands in the published list for a receipt."""
    return hashlib.sha256(b"vox-receipt:" + receipt.strip().encode()).hexdigest()


def sha256(data: bytes) -> str:
    """A file's fingerprint."""
    return hashlib.sha256(data).hexdigest()


def link_after(before: str, spelling: bytes) -> str:
    """The link of one ballot: over the link before it and the entry's canonical spelling."""
    return hashlib.sha256(before.encode() + spelling).hexdigest()


def chained(ballots: Iterable[PublishedBallot], start: str) -> Iterator[dict[str, Any]]:
    """The ballots in order of their marks, which tells nothing about when they were cast, each
    with its link. The chain starts from the hash of the terms."""
    before = start
    ordered = sorted(ballots, key=lambda ballot: ballot.mark)
    for number, ballot in enumerate(ordered, 1):
        entry: dict[str, Any] = {
            "ballot": number,
            "choices": list(ballot.choices),
            "mark": ballot.mark,
        }
        if ballot.points:
            entry["points"] = [written(value) for value in ballot.points]
        before = link_after(before, canonical(entry))
        yield {**entry, "link": before}


def election_from(
    terms: Mapping[str, Any], entries: Iterable[Mapping[str, Any]], withdrawn: Iterable[str] = ()
) -> Election:
    """The election that the published terms and ballots describe; KeyError on an unknown id."""
    gone = set(withdrawn)
    projects = tuple(
        Project(
            id=item["id"],
            cost=read_written(item["cost"]),
            name=item["name"],
            categories=tuple(item["categories"]),
            area=item["area"],
            group=item["group"],
            withdrawn=item["id"] in gone,
        )
        for item in terms["projects"]
    )
    place = {project.id: at for at, project in enumerate(projects)}
    kind = terms["ballot"]["kind"]
    alike = Counter(spoken(entry) for entry in entries)
    ballots: dict[Ballot, int] = {}
    for words, count in alike.items():
        ballot = published_as_ballot(words, place, kind)
        ballots[ballot] = ballots.get(ballot, 0) + count
    caps = tuple(Cap(kind_, name, read_written(most)) for kind_, name, most in terms["caps"])
    return Election(kind, read_written(terms["budget"]), projects, tuple(ballots.items()), caps)


def spoken(entry: Mapping[str, Any]) -> Words:
    """What a published entry says: choices and points."""
    return tuple(entry["choices"]), tuple(entry.get("points", ()))


def published_as_ballot(words: Words, place: Mapping[str, int], kind: str) -> Ballot:
    """What an entry says, as the engine reads it."""
    choices = tuple(place[name] for name in words[0])
    if kind == "approval":
        choices = tuple(sorted(choices))
    return Ballot(choices, tuple(read_written(value) for value in words[1]))


def result_of(outcome: Outcome, rule: Rule, withdrawn: Iterable[str]) -> dict[str, Any]:
    """What is published of the outcome; the verifier must come to the very same."""
    endowment = outcome.endowment
    return {
        **outcome.as_dict(),
        "endowment": written(endowment) if endowment is not None else None,
        "rule_hash": rule.hash,
        "seed": rule.seed,
        "withdrawn": sorted(withdrawn),
    }


def rule_of(terms: Mapping[str, Any], seed: str) -> Rule:
    """The rule that was frozen, with the seed that was drawn."""
    return replace(rule_from(terms["rule"]), seed=seed)


def archive(files: Mapping[str, bytes]) -> bytes:
    """All files as one zip file that has only one possible spelling."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as bundle:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            bundle.writestr(info, files[name])
    return out.getvalue()
