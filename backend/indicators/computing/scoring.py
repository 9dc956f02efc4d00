"""From values to scores: goalposts, then components, then domains; what is missing is not low."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from backend.indicators.catalogue import PROFILES, Catalogue, SubIndicator, catalogue
from backend.indicators.computing.values import Value, digest
from ml import taxonomy

BANDS = ((95.0, 4), (66.0, 3), (33.0, 2), (0.0, 1))


def score(sub: SubIndicator, value: float | None) -> float | None:
    """Where a value lies between its goalposts, from 0 to 100."""
    if value is None or not sub.scored or sub.lower is None or sub.upper is None:
        return None
    reach = (value - sub.lower) / (sub.upper - sub.lower)
    return round(100.0 * min(1.0, max(0.0, reach if sub.direction > 0 else 1 - reach)), 4)


def band(found: float | None) -> int | None:
    """The performance band of a score, 1 to 4; none without a score."""
    return None if found is None else next(mark for least, mark in BANDS if found >= least)


def scored(values: Iterable[Value]) -> list[Value]:
    """The values with their scores; the interval's ends keep their order."""
    subs = catalogue().sub_indicators
    return [
        replace(value, score=score(subs[value.code], value.value))
        if value.level == "sub"
        else value
        for value in values
    ]


def gathered(values: Sequence[Value], period: str) -> list[Value]:
    """The components' and domains' scores of a period, each profile by itself."""
    rules = catalogue()
    by_code = {v.code: v for v in values if not v.district and v.level == "sub"}
    found: list[Value] = []
    for profile in PROFILES:
        for domain in taxonomy.domains():
            parts = [
                _component(rules, by_code, component, profile, period)
                for component in taxonomy.components(domain)
            ]
            found += [*parts, _domain(rules, parts, domain, profile, period)]
    return found


def _component(
    rules: Catalogue, by_code: dict[str, Value], component: str, profile: str, period: str
) -> Value:
    subs = [sub for sub in rules.of(component, profile) if sub.scored]
    have = [
        (sub, by_code[sub.code])
        for sub in subs
        if sub.code in by_code and by_code[sub.code].score is not None
    ]
    total, known = sum(sub.weight for sub in subs), sum(sub.weight for sub, _value in have)
    coverage = known / total if total else None
    empty = Value(
        code=component, level="component", profile=profile, period=period, coverage=coverage,
        state="not_measured", inputs_hash=digest(component, [v.inputs_hash for _s, v in have]),
    )  # fmt: skip
    if not have or coverage is None or coverage < rules.coverage - 1e-12:
        return empty
    mean = sum(sub.weight * (value.score or 0.0) for sub, value in have) / known
    low, high = _interval(have, known)
    return replace(
        empty, value=mean, score=round(mean, 1), low=low, high=high, n=len(have), state="measured"
    ).rounded(1)


def _interval(
    have: list[tuple[SubIndicator, Value]], known: float
) -> tuple[float | None, float | None]:
    """The score's interval, from those of its parts, taken as independent of each other."""
    below = above = 0.0
    mean = sum(sub.weight * (value.score or 0.0) for sub, value in have) / known
    if all(value.low is None for _sub, value in have):
        return None, None
    for sub, value in have:
        ends = [score(sub, value.low), score(sub, value.high)]
        known_ends = [end for end in ends if end is not None]
        if value.score is None or not known_ends:
            continue
        below += (sub.weight * (value.score - min(known_ends))) ** 2
        above += (sub.weight * (max(known_ends) - value.score)) ** 2
    return max(0.0, mean - math.sqrt(below) / known), min(100.0, mean + math.sqrt(above) / known)


def _domain(
    rules: Catalogue, parts: Sequence[Value], domain: str, profile: str, period: str
) -> Value:
    have = [part for part in parts if part.score is not None]
    coverage = len(have) / len(parts)
    empty = Value(
        code=domain, level="domain", profile=profile, period=period, coverage=coverage,
        state="not_measured", inputs_hash=digest(domain, [part.inputs_hash for part in have]),
    )  # fmt: skip
    if coverage < rules.coverage - 1e-12:
        return empty
    mean = _geometric([part.score or 0.0 for part in have])
    ends: list[float | None] = [None, None]
    if any(part.low is not None for part in have):
        ends = [_geometric([_end(part, at) for part in have]) for at in ("low", "high")]
    return replace(
        empty,
        value=mean,
        score=round(mean, 1),
        low=ends[0],
        high=ends[1],
        n=len(have),
        state="measured",
    ).rounded(1)


def _end(part: Value, at: str) -> float:
    end = getattr(part, at)
    return float(part.score or 0.0) if end is None else float(end)


def _geometric(scores: Sequence[float]) -> float:
    """The geometric mean on 1 to 100, told on 0 to 100: one weak part is not made up for."""
    logs = [math.log(1 + 0.99 * found) for found in scores]
    return (math.exp(sum(logs) / len(logs)) - 1) / 0.99
