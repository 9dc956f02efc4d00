"""What a ballot may hold: its kind, how many choices, points and money; without any database."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from backend.core.i18n import _, ngettext
from backend.core.problems import Invalid

KINDS = ("approval", "knapsack", "points", "ranked")
MOST_OPTIONS = 500
Choices = list[int] | list[list[int]]
"""Numbers of ideas in rising order, in order of preference (ranked), or with their points."""


@dataclass(frozen=True, slots=True)
class Pot:
    """An amount of money for a district, a category or the whole city, with its own limits."""

    code: str
    budget: int
    name: Mapping[str, str] = field(default_factory=dict)
    minimum: int = 0
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """An idea on the ballot, as its rules look at it."""

    number: int
    cost: int
    pot: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class BallotForm:
    """The rules of one ballot. Exactly n is a minimum that equals the maximum."""

    kind: str = "approval"
    minimum: int = 1
    maximum: int | None = None
    points: int = 10
    points_each: int | None = None
    pots_at_most: int | None = None

    def document(self) -> dict[str, Any]:
        """The rules as they are published and hashed."""
        return {
            "kind": self.kind,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "points": self.points if self.kind == "points" else None,
            "points_each": self.points_each if self.kind == "points" else None,
            "pots_at_most": self.pots_at_most,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "BallotForm":
        """The rules of a stored document."""
        known = {name: document.get(name) for name in cls.__slots__}
        return cls(**{name: value for name, value in known.items() if value is not None})


def canonical_choices(kind: str, chosen: Sequence[Any]) -> Choices:
    """Choices in the one form in which they are stored, hashed and counted."""
    if kind == "points":
        given = [[int(number), int(points)] for number, points in chosen]
        return sorted(pair for pair in given if pair[1])
    numbers = [int(number) for number in chosen]
    return numbers if kind == "ranked" else sorted(numbers)


def numbers_in(kind: str, choices: Sequence[Any]) -> list[int]:
    """The ideas that a ballot names."""
    return [choice[0] for choice in choices] if kind == "points" else list(choices)


def check(
    form: BallotForm, pots: Sequence[Pot], options: Sequence[Option], choices: Sequence[Any]
) -> None:
    """Refuse a ballot that breaks its rules; the message says what to change."""
    if message := fault_in(form, pots, options, choices):
        raise Invalid(errors={"choices": message})


def fault_in(
    form: BallotForm, pots: Sequence[Pot], options: Sequence[Option], choices: Sequence[Any]
) -> str | None:
    """What is wrong with a ballot, in words for its voter; None when nothing is."""
    known = {option.number: option for option in options}
    numbers = numbers_in(form.kind, choices)
    if repeated := next((n for n, times in Counter(numbers).items() if times > 1), None):
        return str(_("Idea number %(n)s is chosen twice. Keep it once.", n=repeated))
    if unknown := next((n for n in numbers if n not in known), None):
        return str(_("There is no idea number %(n)s on your ballot.", n=unknown))
    if gone := next((n for n in numbers if known[n].withdrawn), None):
        return str(_("Idea number %(n)s was withdrawn. Choose another.", n=gone))
    return (
        _number_fault(form, len(numbers))
        or (_points_fault(form, choices) if form.kind == "points" else None)
        or _pots_fault(form, pots, [known[number] for number in numbers])
    )


def _number_fault(form: BallotForm, chosen: int) -> str | None:
    if form.maximum is not None and form.minimum == form.maximum and chosen != form.minimum:
        return str(
            ngettext("Choose exactly one idea.", "Choose exactly %(num)d ideas.", form.minimum)
        ) + _chosen_now(chosen)
    if chosen < form.minimum:
        return str(
            ngettext("Choose at least one idea.", "Choose at least %(num)d ideas.", form.minimum)
        ) + _chosen_now(chosen)
    if form.maximum is not None and chosen > form.maximum:
        return str(
            ngettext("Choose at most one idea.", "Choose at most %(num)d ideas.", form.maximum)
        ) + _chosen_now(chosen)
    return None


def _chosen_now(chosen: int) -> str:
    return " " + str(ngettext("You have chosen one.", "You have chosen %(num)d.", chosen))


def _points_fault(form: BallotForm, choices: Sequence[Any]) -> str | None:
    given = [points for _number, points in choices]
    if any(points < 0 for points in given):
        return str(_("Points cannot be below zero."))
    if form.points_each is not None and any(points > form.points_each for points in given):
        return str(_("Give one idea at most %(n)s points.", n=form.points_each))
    if sum(given) > form.points:
        return str(_(
            "You gave %(given)s points and have %(all)s. Take some back.",
            given=sum(given), all=form.points,
        ))  # fmt: skip
    return None


def _pots_fault(form: BallotForm, pots: Sequence[Pot], chosen: Sequence[Option]) -> str | None:
    by_pot = {pot.code: [o for o in chosen if o.pot == pot.code] for pot in pots}
    used = [code for code, found in by_pot.items() if found]
    if form.pots_at_most is not None and len(used) > form.pots_at_most:
        return str(ngettext(
            "Choose ideas of one area only.", "Choose ideas of at most %(num)d areas.",
            form.pots_at_most,
        ))  # fmt: skip
    for pot in pots:
        found = by_pot[pot.code]
        name = pot_name(pot)
        if found and len(found) < pot.minimum:
            return str(_("%(pot)s: choose at least %(n)s ideas, or none.", pot=name, n=pot.minimum))
        if pot.maximum is not None and len(found) > pot.maximum:
            return str(_("%(pot)s: choose at most %(n)s ideas.", pot=name, n=pot.maximum))
        if form.kind == "knapsack" and sum(option.cost for option in found) > pot.budget:
            return str(_("%(pot)s: what you chose costs more than there is.", pot=name))
    return None


def pot_name(pot: Pot, language: str = "en") -> str:
    """The name of a pot in a language, else in any, else its code."""
    return pot.name.get(language) or next(iter(pot.name.values()), pot.code)


def commitment(manifest_hash: str, tracker: str, choices: Sequence[Any], salt: str) -> str:
    """The hash that binds a ballot to this vote without telling what it holds."""
    body = orjson.dumps([manifest_hash, tracker, list(choices), salt])
    return hashlib.sha256(body).hexdigest()
