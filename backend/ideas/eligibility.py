"""Who may take part in a phase: assurance, district, age. Pure, so that each reason can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.core.i18n import _

LEVELS = ("anonymous", "contact_verified", "resident_verified")


@dataclass(frozen=True, slots=True)
class Who:
    """Who may take part in a phase, as the organiser set it."""

    assurance: str = "contact_verified"
    districts: tuple[str, ...] = ()
    minimum_age: int | None = None
    codes: bool = False

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Who":
        """Read what stands in a phase."""
        stored = stored or {}
        return cls(
            stored.get("assurance", "contact_verified"),
            tuple(stored.get("districts") or ()),
            stored.get("minimum_age"),
            bool(stored.get("codes", False)),
        )

    def document(self) -> dict[str, Any]:
        """As it is stored and as the API writes it."""
        return {
            "assurance": self.assurance,
            "districts": list(self.districts),
            "minimum_age": self.minimum_age,
            "codes": self.codes,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules look at in a person."""

    assurance: str
    district: str | None = None
    old_enough: bool = False  # the person's own declaration


def faults(who: Who, person: Person) -> dict[str, str]:
    """Why a person may not take part, by what they can do about it; empty when they may."""
    found: dict[str, str] = {}
    if _level(person.assurance) < _level(who.assurance):
        found["assurance"] = (
            _("Prove first that you live in the city.")
            if who.assurance == "resident_verified"
            else _("Sign in first.")
        )
    if who.districts and person.district not in who.districts:
        found["district"] = _("This is for the people of %(names)s.", names=names(who.districts))
    if who.minimum_age and not person.old_enough:
        found["old_enough"] = _("Declare that you are at least %(n)s years old.", n=who.minimum_age)
    return found


def names(codes: Sequence[str]) -> str:
    """Districts as a sentence lists them."""
    return ", ".join(codes)


def _level(assurance: str) -> int:
    if assurance == "system":
        return len(LEVELS)
    return LEVELS.index(assurance) if assurance in LEVELS else 0
