"""The one gate on small numbers: every published statistic about people passes here.

Counts of distinct people from 1 to the threshold less one are not shown; the others are rounded to
a base as large as the threshold, so that the difference of any two published counts is no count of
a small group either. Whatever is derived (rates, shares, likeness) is computed from what was let
through. Reports and ideas that are published one by one are exempt.
"""

from collections.abc import Mapping

from backend.indicators.catalogue import catalogue

Counts = Mapping[str, int]


def published_count(people: int) -> int | None:
    """A number of people as it may be shown: 0 as it is, too few not at all, else rounded."""
    rules = catalogue()
    if people <= 0:
        return 0
    if people < rules.threshold:
        return None
    return rules.rounding * round(people / rules.rounding + 1e-9)


def published_table(counts: Counts) -> dict[str, int | None]:
    """A row of counts as it may be shown; one hidden cell never stands alone."""
    shown = {name: published_count(number) for name, number in counts.items()}
    hidden = [name for name, number in shown.items() if number is None]
    if len(hidden) == 1:
        others = [name for name, number in shown.items() if number]
        if others:
            smallest = min(others, key=lambda name: (counts[name], name))
            shown[smallest] = None
    return shown


def enough_people(people: int) -> bool:
    """Whether figures of how people differ (who is most active, who came back) may be shown."""
    return people >= catalogue().people


def is_split(part: float, whole: float) -> bool:
    """Whether a share tells nothing of each single person: it is neither nobody nor everybody."""
    return 0 < part < whole
