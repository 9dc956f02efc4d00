"""The one gate on small numbers, as this room uses it: every statistic about people passes here.

Counts of distinct people from 1 to the threshold less one are not shown; the others are rounded to
a base as large as the threshold, so that the difference of any two published counts is no count of
a small group either. Whatever is derived (rates, shares, likeness) is computed from what was let
through. Reports and ideas that are published one by one are exempt.
"""

from collections.abc import Mapping
from functools import lru_cache

from backend.indicators.catalogue import catalogue
from ml.indicators.protection.gate import Gate

Counts = Mapping[str, int]


@lru_cache(maxsize=1)
def gate() -> Gate:
    """The gate of the public, with the catalogue's threshold."""
    rules = catalogue()
    return Gate(k=rules.threshold, base=rules.rounding)


def published_count(people: int) -> int | None:
    """A number of people as it may be shown: 0 as it is, too few not at all, else rounded."""
    found = gate().count(max(0, people)).value
    return None if found is None else int(found)


def published_table(counts: Counts) -> dict[str, int | None]:
    """A row of counts as it may be shown; what is hidden is never together a small group."""
    shown = {name: published_count(number) for name, number in counts.items()}
    hidden = [name for name, number in shown.items() if number is None]
    if hidden and sum(counts[name] for name in hidden) < gate().k:
        others = [name for name, number in shown.items() if number]
        if others:
            shown[min(others, key=lambda name: (counts[name], name))] = None
    return shown


def enough_people(people: int) -> bool:
    """Whether figures of how people differ (who is most active, who came back) may be shown."""
    return people >= catalogue().people


def is_split(part: int, whole: int) -> bool:
    """Whether a share tells nothing of each single person: neither nobody nor everybody."""
    found = gate().split({"part": part, "rest": whole - part})
    return not any(figure.suppressed for figure in found.values())
