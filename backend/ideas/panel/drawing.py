"""A citizen jury by public lot: seats for each district and age in proportion, names by the seed.

Whoever has the list of candidates' numbers and the seed draws the same jury.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Person:
    """One candidate: a public number (never a name), where they live, how old they are."""

    number: str
    district: str
    age_group: str


def lot(seed: str, number: str) -> str:
    """A candidate's place in the lot."""
    return hashlib.sha256(f"{seed}|{number}".encode()).hexdigest()


def seats_by_stratum(people: Iterable[Person], seats: int, seed: str) -> dict[tuple[str, str], int]:
    """Seats in proportion to the candidates of each district and age group: whole seats first, what
    is left to the largest remainders, equal remainders by lot."""
    sizes: dict[tuple[str, str], int] = {}
    for person in people:
        stratum = (person.district, person.age_group)
        sizes[stratum] = sizes.get(stratum, 0) + 1
    total = sum(sizes.values())
    if not 0 <= seats <= total:
        raise ValueError(f"{seats} seats cannot be drawn from {total} candidates")
    exact = {stratum: Fraction(seats * size, max(total, 1)) for stratum, size in sizes.items()}
    given = {stratum: int(value) for stratum, value in exact.items()}
    order = sorted(sizes, key=lambda s: (given[s] - exact[s], lot(seed, f"{s[0]}|{s[1]}")))
    for stratum in order[: seats - sum(given.values())]:
        given[stratum] += 1
    return dict(sorted(given.items()))


def draw(people: Iterable[Person], *, seats: int, seed: str) -> tuple[list[Person], list[Person]]:
    """The jury, and everybody else in the order in which they replace a member of their stratum."""
    listed = sorted(people, key=lambda person: lot(seed, person.number))
    if len({person.number for person in listed}) < len(listed):
        raise ValueError("two candidates have the same number")
    left = seats_by_stratum(listed, seats, seed)
    jury, reserve = [], []
    for person in listed:
        stratum = (person.district, person.age_group)
        if left[stratum]:
            left[stratum] -= 1
            jury.append(person)
        else:
            reserve.append(person)
    return jury, reserve
