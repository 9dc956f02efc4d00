"""Opinion groups: who votes alike, what divides them and what unites them.

Votes are +1 (agree), -1 (disagree), 0 (pass); NaN where a person did not see the statement. People
are placed on two axes, gathered into two to five groups, and the statements are ranked by what
each group says of them. Groups smaller than the least size are not shown apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
FEWER = 0.15  # silhouette given up for a simpler picture


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in the eyes of one group: shares with a Laplace prior, and how telling it is."""

    index: int
    agree: float
    disagree: float
    seen: int
    telling: float


@dataclass(frozen=True, slots=True)
class Group:
    """People who vote alike; ``representative`` are the statements that set them apart."""

    size: int
    centre: tuple[float, float]
    representative: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Opinions:
    """Opinion landscape of one consultation.

    ``member`` is the group of each voter, -1 for those with too few votes. ``uniting`` and
    ``dividing`` are statement indices, strongest first, with their strength.
    """

    groups: tuple[Group, ...]
    member: NDArray[np.int64]
    position: F64
    uniting: tuple[tuple[int, float], ...]
    dividing: tuple[tuple[int, float], ...]


def find_groups(
    votes: F64, least_size: int = 5, least_votes: int = 3, most_groups: int = 5, seed: int = 0
) -> Opinions:
    """Groups of opinion in a matrix of people by statements.

    Parameters
    ----------
    votes : ndarray of shape (n_people, n_statements)
        +1, -1, 0 or NaN.
    least_size : int, default=5
        Groups are never smaller; with fewer people there are none.
    least_votes : int, default=3
        People with fewer votes belong to no group.
    most_groups : int, default=5
        Largest number of groups tried.

    Examples
    --------
    >>> one, two = [1.0, 1.0, -1.0, 1.0], [-1.0, -1.0, 1.0, 1.0]
    >>> found = find_groups(np.array([one] * 8 + [two] * 8))
    >>> len(found.groups), found.uniting[0][0]
    (2, 3)
    """
    votes = np.asarray(votes, np.float64)
    if votes.ndim != 2:
        raise ValueError("votes must be a matrix of people by statements")
    member = np.full(len(votes), -1, np.int64)
    position = np.zeros((len(votes), 2))
    active = np.flatnonzero((~np.isnan(votes)).sum(axis=1) >= least_votes)
    if len(active) < max(2 * least_size, 2):
        return Opinions((), member, position, (), ())
    position[active] = _place(votes[active])
    member[active] = _cluster(position[active], least_size, most_groups, seed)
    n = int(member.max()) + 1
    agree, disagree, seen = _shares(votes, member, n)
    groups = tuple(
        Group(
            size=int((member == g).sum()),
            centre=(
                round(float(position[member == g, 0].mean()), 4),
                round(float(position[member == g, 1].mean()), 4),
            ),
            representative=_representative(votes, member, g),
        )
        for g in range(n)
    )
    return Opinions(groups, member, position, *_ranked(agree, disagree, seen))


def _place(votes: F64) -> F64:
    """Two axes by principal components; gaps count as the statement's mean.

    Someone with few votes lies near the middle only because little is known, so distances are
    stretched by the share of statements that were seen.
    """
    seen = ~np.isnan(votes)
    count = np.maximum(seen.sum(axis=0), 1)
    mean = np.where(seen, votes, 0).sum(axis=0) / count
    centred = np.where(seen, votes - mean, 0)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    k = min(2, len(s))
    signs = np.sign(vt[:k].sum(axis=1))  # an axis has no direction of its own: choose one
    axes = np.zeros((len(votes), 2))
    axes[:, :k] = u[:, :k] * s[:k] * np.where(signs == 0, 1, signs)
    placed: F64 = axes * np.sqrt(votes.shape[1] / np.maximum(seen.sum(axis=1), 1))[:, None]
    return placed


def _cluster(position: F64, least_size: int, most_groups: int, seed: int) -> NDArray[np.int64]:
    """The fewest groups that stand apart nearly as well as the best, none below the least size."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    tried: list[tuple[float, NDArray[np.int64]]] = [(0.0, np.zeros(len(position), np.int64))]
    distinct = len(np.unique(position.round(9), axis=0))
    sample = min(len(position), 2000)
    for k in range(2, min(most_groups, distinct, len(position) // least_size) + 1):
        labels = KMeans(k, n_init=5, random_state=seed).fit_predict(position)
        if np.bincount(labels, minlength=k).min() < least_size:
            continue
        found = float(silhouette_score(position, labels, sample_size=sample, random_state=seed))
        tried.append((found, labels.astype(np.int64)))
    enough = max(found for found, _ in tried) - FEWER
    apart = [labels for found, labels in tried if found > 0 and found >= enough]
    best = apart[0] if apart else tried[0][1]
    order = np.argsort(-np.bincount(best), kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[best]


def _shares(votes: F64, member: NDArray[np.int64], n: int) -> tuple[F64, F64, F64]:
    parts = [votes[member == g] for g in range(n)]
    seen = np.array([(~np.isnan(p)).sum(axis=0) for p in parts], float)
    agree = np.array([((p == 1).sum(axis=0) + 1) / ((~np.isnan(p)).sum(axis=0) + 2) for p in parts])
    against = [((p == -1).sum(axis=0) + 1) / ((~np.isnan(p)).sum(axis=0) + 2) for p in parts]
    return agree, np.array(against), seen


def _representative(
    votes: F64, member: NDArray[np.int64], group: int, most: int = 5
) -> tuple[Statement, ...]:
    """Statements on which the group differs most from everybody else."""
    own, rest = votes[member == group], votes[(member >= 0) & (member != group)]
    found = []
    for j in range(votes.shape[1]):
        seen = int((~np.isnan(own[:, j])).sum())
        others = int((~np.isnan(rest[:, j])).sum())
        if not seen:
            continue
        yes, no = int((own[:, j] == 1).sum()), int((own[:, j] == -1).sum())
        strength = max(
            _difference(yes, seen, int((rest[:, j] == 1).sum()), others),
            _difference(no, seen, int((rest[:, j] == -1).sum()), others),
        )
        shares = ((yes + 1) / (seen + 2), (no + 1) / (seen + 2))
        found.append(Statement(j, round(shares[0], 4), round(shares[1], 4), seen, strength))
    found.sort(key=lambda s: -s.telling)
    return tuple(s for s in found[:most] if s.telling > 1.28)


def _difference(hit: int, n: int, other_hit: int, other_n: int) -> float:
    """Two-proportion z value with one added to each count."""
    a, b = (hit + 1) / (n + 2), (other_hit + 1) / (other_n + 2)
    pooled = (hit + other_hit + 2) / (n + other_n + 4)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / (n + 2) + 1 / (other_n + 2)))
    return round(float((a - b) / spread), 4) if spread > 0 else 0.0


def _ranked(
    agree: F64, disagree: F64, seen: F64, most: int = 10
) -> tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]:
    """Statements that every group agrees (or disagrees) with, and those that split them."""
    every = seen.min(axis=0) > 0
    unity = np.maximum(agree.min(axis=0), disagree.min(axis=0))
    lean = agree - disagree
    split = lean.max(axis=0) - lean.min(axis=0)
    uniting = [j for j in np.argsort(-unity, kind="stable").tolist() if every[j] and unity[j] > 0.5]
    dividing = [
        j for j in np.argsort(-split, kind="stable").tolist() if every[j] and split[j] > 0.5
    ]
    return (
        tuple((j, round(float(unity[j]), 4)) for j in uniting[:most]),
        tuple((j, round(float(split[j]), 4)) for j in dividing[:most]),
    )
