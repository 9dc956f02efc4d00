"""From jurors' scores to an order of ideas, with strict and lenient jurors told apart.

All in fractions: the same scores give the same figures everywhere, to the last digit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import StatisticsError, correlation, fmean, pstdev

Scores = Mapping[str, Mapping[str, Fraction]]


class NotConnected(ValueError):
    """Some jurors share no idea with the others, so that their scores cannot be compared."""

    def __init__(self, parts: Sequence[Sequence[str]]) -> None:
        super().__init__("; ".join(", ".join(part) for part in parts))
        self.parts = parts


@dataclass(frozen=True)
class Judgement:
    """What a jury found. `corrected` decides; everything else stands beside it to be looked at."""

    order: tuple[str, ...]
    corrected: Mapping[str, Fraction]
    leniency: Mapping[str, Fraction]
    raw_mean: Mapping[str, Fraction]
    borda: Mapping[str, Fraction]
    median: Mapping[str, Fraction]
    z_mean: Mapping[str, float]
    agreement: float | None
    agreement_estimated: bool
    winner_without: Mapping[str, str | None]
    judged_by: Mapping[str, int]


def weighted(marks: Mapping[str, Fraction], weights: Mapping[str, Fraction]) -> Fraction:
    """One juror's score of one idea from marks by criterion; every criterion must be marked."""
    if set(marks) != set(weights):
        raise ValueError("every criterion must be marked, and no other")
    total = sum(weights.values(), Fraction(0))
    if total <= 0:
        raise ValueError("the weights must add up to more than nothing")
    return sum((weights[name] * marks[name] for name in weights), Fraction(0)) / total


def judge(scores: Scores) -> Judgement:
    """The order of ideas by the juror-effect model, with the other methods beside it.

    `scores[juror][idea]`; whoever recused leaves a gap. Raises `NotConnected` when jurors fall into
    groups that judged nothing in common.
    """
    parts = connected_parts(scores)
    if len(parts) > 1:
        raise NotConnected(parts)
    corrected, leniency = juror_effects(scores)
    exact = kendalls_w(scores) if _complete(scores) else None
    return Judgement(
        order=ranked(corrected),
        corrected=corrected,
        leniency=leniency,
        raw_mean=raw_means(scores),
        borda=normalised_borda(scores),
        median=lower_medians(scores),
        z_mean=z_means(scores),
        agreement=float(exact) if exact is not None else agreement_of_pairs(scores),
        agreement_estimated=exact is None,
        winner_without={juror: _winner_without(scores, juror) for juror in scores},
        judged_by={idea: len(found) for idea, found in by_idea(scores).items()},
    )


def ranked(values: Mapping[str, Fraction]) -> tuple[str, ...]:
    """Best first; equals in the order of their names."""
    return tuple(sorted(values, key=lambda idea: (-values[idea], idea)))


def by_idea(scores: Scores) -> dict[str, dict[str, Fraction]]:
    """The scores turned round: for each idea, who gave what."""
    turned: dict[str, dict[str, Fraction]] = {}
    for juror, given in scores.items():
        for idea, score in given.items():
            turned.setdefault(idea, {})[juror] = Fraction(score)
    return dict(sorted(turned.items()))


def raw_means(scores: Scores) -> dict[str, Fraction]:
    """The plain mean; fair only where everybody judged everything."""
    return {
        idea: sum(given.values(), Fraction(0)) / len(given)
        for idea, given in by_idea(scores).items()
    }


def lower_medians(scores: Scores) -> dict[str, Fraction]:
    """The middle score, the lower of two: one juror alone cannot move it far."""
    return {
        idea: sorted(given.values())[(len(given) - 1) // 2]
        for idea, given in by_idea(scores).items()
    }


def z_means(scores: Scores) -> dict[str, float]:
    """Each juror's scores as distances from their own mean in their own spread, put back on the
    common scale. A juror with fewer than three scores, or without spread, is only centred. Takes
    for granted that all jurors saw ideas of the same quality, which the plan cannot promise."""
    everything = [float(score) for given in scores.values() for score in given.values()]
    if not everything:
        return {}
    middle, spread = fmean(everything), pstdev(everything)
    found: dict[str, list[float]] = {}
    for given in scores.values():
        values = [float(score) for score in given.values()]
        own = pstdev(values) if len(values) >= 3 else 0.0
        for idea, score in given.items():
            distance = float(score) - fmean(values)
            found.setdefault(idea, []).append(distance / (own or spread or 1.0))
    return {idea: middle + spread * fmean(values) for idea, values in sorted(found.items())}


def normalised_borda(scores: Scores) -> dict[str, Fraction]:
    """Each juror's order alone: 1 for the first, 0 for the last, then the mean; ties share."""
    places: dict[str, list[Fraction]] = {}
    for given in scores.values():
        values = list(given.values())
        for idea, score in given.items():
            below = sum(1 for other in values if other < score)
            beside = sum(1 for other in values if other == score) - 1
            if len(values) > 1:
                place = (below + Fraction(beside, 2)) / (len(values) - 1)
                places.setdefault(idea, []).append(place)
    return {idea: sum(found, Fraction(0)) / len(found) for idea, found in sorted(places.items())}


def juror_effects(scores: Scores) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Least squares for score = quality of the idea + leniency of the juror, leniencies adding up
    to nothing: the quality of each idea and the leniency of each juror."""
    turned = by_idea(scores)
    ideas, jurors = list(turned), [juror for juror in scores if scores[juror]]
    column = {juror: at for at, juror in enumerate(jurors)}
    size = len(jurors)
    # The qualities are eliminated: q_i = mean over its jurors of (score - leniency). What is left
    # is one equation for each juror; one more fixes the sum, and replaces one of them.
    matrix = [[Fraction(0)] * (size + 1) for _ in range(size)]
    for juror in jurors:
        row = matrix[column[juror]]
        for idea in scores[juror]:
            given = turned[idea]
            mean = sum(given.values(), Fraction(0)) / len(given)
            row[size] += given[juror] - mean
            row[column[juror]] += 1
            for other in given:
                row[column[other]] -= Fraction(1, len(given))
    if matrix:
        matrix[-1] = [Fraction(1)] * size + [Fraction(0)]
    found = _solved(matrix)
    leniency = {juror: found[column[juror]] for juror in jurors}
    quality = {
        idea: sum((score - leniency[juror] for juror, score in turned[idea].items()), Fraction(0))
        / len(turned[idea])
        for idea in ideas
    }
    return quality, leniency


def _solved(matrix: list[list[Fraction]]) -> list[Fraction]:
    """Gauss's elimination of a system that has one solution."""
    size = len(matrix)
    for at in range(size):
        pivot = next(row for row in range(at, size) if matrix[row][at])
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        first = matrix[at][at]
        matrix[at] = [value / first for value in matrix[at]]
        for row in range(size):
            if row != at and (factor := matrix[row][at]):
                pairs = zip(matrix[row], matrix[at], strict=True)
                matrix[row] = [value - factor * other for value, other in pairs]
    return [row[size] for row in matrix]


def connected_parts(scores: Scores) -> list[list[str]]:
    """Jurors gathered by what they judged in common; one part means that all can be compared."""
    turned = by_idea(scores)
    waiting = {juror for juror in scores if scores[juror]}
    parts = []
    while waiting:
        part, border = set(), [min(waiting)]
        while border:
            juror = border.pop()
            if juror in part:
                continue
            part.add(juror)
            border += [other for idea in scores[juror] for other in turned[idea]]
        parts.append(sorted(part))
        waiting -= part
    return parts


def kendalls_w(scores: Scores) -> Fraction | None:
    """Kendall's W, corrected for ties, over the ideas that every juror scored: 1 is full agreement,
    0 none. None with fewer than two jurors or two such ideas, or where nobody told ideas apart."""
    jurors = [given for given in scores.values() if given]
    shared = sorted(set.intersection(*(set(given) for given in jurors))) if jurors else []
    m, n = len(jurors), len(shared)
    if m < 2 or n < 2:
        return None
    sums = dict.fromkeys(shared, Fraction(0))
    ties = 0
    for given in jurors:
        values = [given[idea] for idea in shared]
        for idea in shared:
            below = sum(1 for value in values if value < given[idea])
            same = values.count(given[idea])
            sums[idea] += below + Fraction(same + 1, 2)
        ties += sum(values.count(value) ** 3 - values.count(value) for value in set(values))
    mean = sum(sums.values(), Fraction(0)) / n
    spread = sum(((value - mean) ** 2 for value in sums.values()), Fraction(0))
    most = m * m * (n**3 - n) - m * ties
    return 12 * spread / most if most else None


def _complete(scores: Scores) -> bool:
    return len({frozenset(given) for given in scores.values() if given}) == 1


def agreement_of_pairs(scores: Scores) -> float | None:
    """Kendall's W estimated where jurors judged different ideas: from the rank correlation r of
    each two jurors over what both judged, by W = (1 + (m - 1) r) / m with m jurors an idea."""
    jurors = [given for given in scores.values() if given]
    total, weight = 0.0, 0
    for at, one in enumerate(jurors):
        for other in jurors[at + 1 :]:
            shared = sorted(set(one) & set(other))
            if len(shared) < 2:
                continue
            try:
                r = correlation(_ranks(one, shared), _ranks(other, shared))
            except StatisticsError:  # one of them told nothing apart
                continue
            total, weight = total + r * len(shared), weight + len(shared)
    if not weight:
        return None
    per_idea = fmean(len(given) for given in by_idea(scores).values())
    return max(0.0, (1 + (per_idea - 1) * total / weight) / per_idea)


def _ranks(given: Mapping[str, Fraction], ideas: Sequence[str]) -> list[float]:
    values = [given[idea] for idea in ideas]
    return [sum(v < w for v in values) + (values.count(w) + 1) / 2 for w in values]


def _winner_without(scores: Scores, juror: str) -> str | None:
    """Who would win had this juror not been there; None if the rest can no longer be compared."""
    rest = {name: given for name, given in scores.items() if name != juror and given}
    if not rest or len(connected_parts(rest)) > 1:
        return None
    return ranked(juror_effects(rest)[0])[0]


def fractions(scores: Mapping[str, Mapping[str, str | int]]) -> dict[str, dict[str, Fraction]]:
    """Scores as written, exactly: '9.5' is nineteen halves."""
    return {
        juror: {idea: Fraction(str(score)) for idea, score in given.items()}
        for juror, given in scores.items()
    }


def too_few(scores: Scores, ideas: Iterable[str], per_idea: int) -> list[str]:
    """Ideas with fewer scores than promised: they are assigned anew, never averaged over fewer."""
    found = by_idea(scores)
    return [idea for idea in ideas if len(found.get(idea, {})) < per_idea]
