"""What the rest of the house reads of the city: frozen values, kept until the city changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.city.calendar import WorkingCalendar, always_office
from backend.city.danger import DangerWords
from backend.city.ground import Ground
from backend.core.i18n import in_language

Names = Mapping[str, str]


@dataclass(frozen=True)
class DistrictFacts:
    """A district."""

    id: int
    code: str
    names: Names
    population: Mapping[str, Mapping[str, int]]
    geometry: Mapping[str, Any]
    retired: bool

    def name(self, language: str | None = None) -> str:
        """The district's name in a language."""
        return in_language(dict(self.names), language)


@dataclass(frozen=True)
class DepartmentFacts:
    """A department with its own working calendar."""

    id: int
    code: str
    names: Names
    email: str | None
    phone: str | None
    hours: Mapping[str, str]
    calendar: WorkingCalendar = field(repr=False, compare=False)
    retired: bool = False

    def name(self, language: str | None = None) -> str:
        """The department's name in a language."""
        return in_language(dict(self.names), language)


@dataclass(frozen=True)
class ServiceFacts:
    """A service of the catalogue."""

    id: int
    code: str
    names: Names
    descriptions: Names
    group: str | None
    component: str | None
    department_id: int | None
    keywords: Mapping[str, list[str]]
    questions: tuple[Mapping[str, Any], ...]
    kinds: tuple[str, ...]
    place: str
    photo: str
    confidential: bool
    working_days: int | None
    origin: str
    retired: bool

    def name(self, language: str | None = None) -> str:
        """The service's name in a language."""
        return in_language(dict(self.names), language)

    def description(self, language: str | None = None) -> str:
        """What the service is for, in a language."""
        return in_language(dict(self.descriptions), language)


@dataclass(frozen=True)
class CityFacts:
    """Everything of the room that is read often; one object for each state of the city."""

    stamp: str
    loaded: bool
    slug: str | None
    time_zone: str
    profile: Mapping[str, Any]
    hours: Mapping[str, str]
    districts: tuple[DistrictFacts, ...]
    departments: tuple[DepartmentFacts, ...]
    services: tuple[ServiceFacts, ...]
    groups: tuple[Mapping[str, Any], ...]
    calendar: WorkingCalendar
    ground: Ground
    danger: DangerWords
    changed_at: datetime | None = None
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """Answers made from these facts (rendered documents, indexes), kept as long as they hold."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The city's languages, the first one first."""
        return tuple(self.profile.get("languages") or ("en",))

    def name(self, language: str | None = None) -> str:
        """The city's name in a language; empty while no city is loaded."""
        return in_language(dict(self.profile.get("name") or {}), language)


NO_CITY = CityFacts(
    stamp="none",
    loaded=False,
    slug=None,
    time_zone="UTC",
    profile={},
    hours={},
    districts=(),
    departments=(),
    services=(),
    groups=(),
    calendar=always_office(),
    ground=Ground([]),
    danger=DangerWords({}),
)
