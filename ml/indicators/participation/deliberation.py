"""What can be seen of a deliberation without judging it, and which rung a process stands on.

The quality of arguments is not scored: that takes people who read, and a measure of how far they
agree.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

LADDER = ("inform", "consult", "involve", "collaborate", "empower")
# What must be on the record before a process may say that it stands on a rung.
EVIDENCE: dict[str, frozenset[str]] = {
    "inform": frozenset({"published question"}),
    "consult": frozenset({"published question", "summary"}),
    "involve": frozenset({"published question", "summary", "reason"}),
    "collaborate": frozenset({"published question", "summary", "reason", "joint draft"}),
    "empower": frozenset({"published question", "summary", "decision", "binding rule"}),
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """Who answered whom among the contributions of one process."""

    reply_ratio: float | None
    reciprocity: float | None


def exchange(replies: Sequence[tuple[str, str | None]]) -> Exchange:
    """Share of contributions that answer another person, and of pairs that answered each other.

    Parameters
    ----------
    replies : sequence of (author, author who is answered or None)
        One pair for each contribution.

    Examples
    --------
    >>> exchange([("a", None), ("b", "a"), ("a", "b"), ("c", "a")])
    Exchange(reply_ratio=0.75, reciprocity=0.5)
    """
    answers = [(who, whom) for who, whom in replies if whom is not None and whom != who]
    if not replies:
        return Exchange(None, None)
    directed = set(answers)
    pairs = {frozenset(pair) for pair in directed}
    mutual = sum((whom, who) in directed for who, whom in directed) // 2
    return Exchange(len(answers) / len(replies), mutual / len(pairs) if pairs else None)


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a process stands on the ladder, and what it lacks for the rung that it claims."""

    claimed: str
    supported: str | None
    missing: tuple[str, ...]


def rung(claimed: str, evidence: Collection[str]) -> Rung:
    """The highest rung, up to the claimed one, whose evidence is on the record.

    Examples
    --------
    >>> rung("involve", {"published question", "summary"})
    Rung(claimed='involve', supported='consult', missing=('reason',))
    """
    have = set(evidence)
    reached = [step for step in LADDER[: LADDER.index(claimed) + 1] if EVIDENCE[step] <= have]
    missing = tuple(sorted(EVIDENCE[claimed] - have))
    return Rung(claimed, reached[-1] if reached else None, missing)
