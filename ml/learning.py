"""Learning from the people who correct the model, without letting one of them take it over."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml import evaluation, taxonomy
from ml.corpus import Example, groups
from ml.model import Model
from ml.text import normalise
from ml.training import indices

PERSON_SHARE = 0.2
LEAST_PEOPLE = 3
TOLERANCE = 0.02
WHOLE_TOLERANCE = 0.005
LEAST_SLICE = 30


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision of staff on a text: what it is, who said so, when and why."""

    text: str
    lang: str
    component: str
    person: str
    when: datetime
    why: str = ""
    weight: float = 1.0


def capped_weights(people: Sequence[str], share: float = PERSON_SHARE) -> NDArray[np.float64]:
    """Weight of each correction so that nobody has more than a share of the whole.

    With fewer people than would fill the whole at that share, all of them count alike.

    Examples
    --------
    >>> weights = capped_weights(["ana"] * 96 + ["bo", "cy", "di", "ed", "fi", "gy", "ho", "io"])
    >>> round(float(weights[:96].sum() / weights.sum()), 3)
    0.2
    """
    names, member = np.unique(np.array(people, object), return_inverse=True)
    if not len(names):
        return np.zeros(0)
    count = np.bincount(member).astype(float)
    cap = _cap(count, max(share, 1 / len(names)))
    found: NDArray[np.float64] = (np.minimum(count, cap) / count)[member]
    return found


def _cap(count: NDArray[np.float64], share: float) -> float:
    """Largest total of one person, such that it is no more than the share of what is left."""
    ordered = np.sort(count)[::-1]
    for heavy in range(len(ordered)):
        if heavy * share >= 1:
            break
        cap = share * float(ordered[heavy:].sum()) / (1 - heavy * share)
        if ordered[heavy] <= cap + 1e-9:
            return cap
    return float(ordered[-1])


def capped_rows(people: Sequence[str], share: float = PERSON_SHARE) -> list[int]:
    """Rows of which nobody has more than a share, each person's first ones; for judging.

    Examples
    --------
    >>> capped_rows(["ana"] * 6 + ["bo", "cy", "di", "ed"])
    [0, 6, 7, 8, 9]
    """
    if not people:
        return []
    names, member = np.unique(np.array(people, object), return_inverse=True)
    count = np.bincount(member).astype(float)
    most = max(1, int(_cap(count, max(share, 1 / len(names))) + 1e-9))
    seen = np.zeros(len(names), int)
    found = []
    for row, person in enumerate(member.tolist()):
        seen[person] += 1
        if seen[person] <= most:
            found.append(row)
    return found


def as_examples(corrections: Sequence[Correction], strength: float = 2.0) -> list[Example]:
    """Corrections as training examples with capped weights.

    ``strength`` is how much one correction counts beside a text of the seed corpus; it is
    lowered where fewer than three people have spoken.
    """
    if len({c.person for c in corrections}) < LEAST_PEOPLE:
        strength = strength / 2
    weights = capped_weights([c.person for c in corrections])
    return [
        Example(
            c.text,
            c.lang,
            "corrections",
            taxonomy.domain_of(c.component),
            c.component,
            weight=round(float(w) * c.weight * strength, 6),
            person=c.person,
        )
        for c, w in zip(corrections, weights, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A labelled text whose label the models that had not seen it do not believe."""

    row: int
    given: str
    likely: str
    belief: float
    given_belief: float


def label_errors(
    probabilities: NDArray[np.float64], given: NDArray[np.int64], codes: Sequence[str]
) -> list[Doubt]:
    """Labels that are probably wrong, the surest first.

    A label is doubted when another class reaches the mean confidence that texts of that class
    usually get, and the given one stays below its own. Probabilities must be of models that did
    not train on the row.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1]] * 5 + [[0.1, 0.9]] * 5 + [[0.95, 0.05]])
    >>> [doubt.row for doubt in label_errors(p, np.array([0] * 5 + [1] * 6), ["A", "B"])]
    [10]
    """
    rows = np.flatnonzero(given >= 0)
    overall = float(probabilities[rows, given[rows]].mean()) if len(rows) else 1.0
    usual = np.full(probabilities.shape[1], overall)
    for k in np.unique(given[rows]):
        own_rows = rows[given[rows] == k]
        if len(own_rows) >= LEAST_PEOPLE:  # fewer say little about what is usual
            usual[k] = probabilities[own_rows, k].mean()
    found = []
    for row in rows.tolist():
        own, best = int(given[row]), int(probabilities[row].argmax())
        p = probabilities[row]
        if best != own and p[best] >= usual[best] and p[own] < usual[own]:
            beliefs = (round(float(p[best]), 4), round(float(p[own]), 4))
            found.append(Doubt(row, codes[own], codes[best], *beliefs))
    return sorted(found, key=lambda d: d.given_belief - d.belief)


def teaching_queue(model: Model, texts: Sequence[str], most: int = 50) -> list[int]:
    """Rows that would teach most if a person labelled them, the best first.

    Doubtful texts come first, those with many unknown words before others; of near-copies one
    is asked, and no component fills more than a fifth of the queue while others wait.
    """
    if not texts:
        return []
    clean = [normalise(text) for text in texts]
    found = model.probabilities(clean)
    top = np.sort(found.components, axis=1)[:, ::-1]
    margin = 1 - (top[:, 0] - top[:, 1])
    worth = margin * (0.5 + 0.5 * (1 - found.coverage)) + 0.1 * found.sets.sum(axis=1)
    guess = found.components.argmax(axis=1)
    copies = groups(clean)
    taken: set[int] = set()
    per_class: dict[int, int] = defaultdict(int)
    chosen: list[int] = []
    waiting: list[int] = []
    for row in np.argsort(-worth, kind="stable").tolist():
        if int(copies[row]) in taken or not clean[row]:
            continue
        taken.add(int(copies[row]))
        full = per_class[int(guess[row])] >= max(1, most // 5)
        (waiting if full else chosen).append(row)
        per_class[int(guess[row])] += 1
    return (chosen + waiting)[:most]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a candidate may replace the running model, and why."""

    promote: bool
    reasons: tuple[str, ...]
    table: dict[str, dict[str, Any]] = field(default_factory=dict)


def compare_models(
    running: Model | None,
    candidate: Model,
    frozen: Mapping[str, Sequence[Example]],
    first: Model | None = None,
) -> Decision:
    """Promote a candidate only if it is better, and nowhere plainly worse.

    A whole set may lose as much as chance moves (``WHOLE_TOLERANCE``) where another gains more,
    but no set may fall two points below what the first model reached on it: many small losses,
    night after night, are not chance.

    Parameters
    ----------
    running : Model or None
        The model in use; None when there is none yet.
    candidate : Model
        The model that would replace it.
    frozen : mapping of str to sequence of Example
        Frozen sets and recent corrections by name; neither model may have trained on them.
        Every language and domain with enough texts is compared by itself.
    first : Model, optional
        The model that was shipped.
    """
    sets = {name: list(rows) for name, rows in frozen.items() if rows}
    if not sets:
        return Decision(False, ("there is nothing to judge the candidate on",))
    if running is None:
        return Decision(True, ("there is no running model yet",))
    table: dict[str, dict[str, Any]] = {}
    worse: list[str] = []
    gain = 0.0
    for name, rows in sets.items():
        start = _judged(first, rows) if first is not None else None
        found, lost = _compared(name, rows, _judged(candidate, rows), _judged(running, rows), start)
        table |= found
        worse += lost
        gain += found[name]["candidate"] - found[name]["running"]
    if worse:
        return Decision(False, tuple(worse), table)
    if gain <= 0:
        return Decision(False, ("the candidate is no better on any set",), table)
    return Decision(True, ("better, and nowhere worse beyond chance",), table)


def _compared(
    name: str,
    rows: Sequence[Example],
    new: _Judgement,
    old: _Judgement,
    start: _Judgement | None,
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """One set and its parts: how the candidate does beside the running and the first model."""
    table: dict[str, dict[str, Any]] = {}
    worse: list[str] = []
    for part, chosen in _slices(name, rows).items():
        row = table[part] = _row(new, old, chosen)
        slack = WHOLE_TOLERANCE if part == name else _slack(row["n"])
        if row["candidate"] < row["running"] - slack:
            worse.append(f"{part}: {row['candidate']:.4f} against {row['running']:.4f}")
    if start is not None:
        whole = table[name]
        whole["first"] = _row(start, old, np.arange(len(rows)))["candidate"]
        if whole["candidate"] < whole["first"] - TOLERANCE:
            worse.append(f"{name}: {whole['candidate']:.4f}, {whole['first']:.4f} at first")
    for what, gap in _calibration_gap(new, old):
        worse.append(f"{name}: {what} worse by {gap:.3f}")
    return table, worse


def _slack(n: int) -> float:
    """Loss on a slice that may be chance: the tolerance, and more where texts are few."""
    return max(TOLERANCE, 0.5 / math.sqrt(max(1, n)))


@dataclass(frozen=True, slots=True)
class _Judgement:
    guess: NDArray[np.int64]
    truth: NDArray[np.int64]
    part_guess: NDArray[np.int64]
    part_truth: NDArray[np.int64]
    error: float


def _judged(model: Model, rows: Sequence[Example]) -> _Judgement:
    found = model.probabilities([normalise(e.text) for e in rows])
    part_truth, truth = indices(rows)
    return _Judgement(
        found.domains.argmax(axis=1),
        truth,
        found.components.argmax(axis=1),
        part_truth,
        evaluation.calibration_error(found.domains, truth),
    )


def _slices(name: str, rows: Sequence[Example]) -> dict[str, NDArray[np.int64]]:
    found = {name: np.arange(len(rows))}
    for key in ("lang", "domain"):
        values = np.array([getattr(e, key) for e in rows])
        for value in np.unique(values):
            own = np.flatnonzero(values == value)
            if len(own) >= LEAST_SLICE:
                found[f"{name}, {key} {value}"] = own
    return found


def _row(new: _Judgement, old: _Judgement, rows: NDArray[np.int64]) -> dict[str, Any]:
    def both(j: _Judgement) -> float:
        whole = evaluation.macro_f1(j.truth[rows], j.guess[rows])
        known = rows[j.part_truth[rows] >= 0]
        if not len(known):
            return whole
        return (whole + evaluation.macro_f1(j.part_truth[known], j.part_guess[known])) / 2

    return {"n": len(rows), "candidate": round(both(new), 4), "running": round(both(old), 4)}


def _calibration_gap(new: _Judgement, old: _Judgement) -> list[tuple[str, float]]:
    gap = new.error - old.error
    return [("calibration", gap)] if gap > 0.03 and len(new.truth) >= 200 else []
