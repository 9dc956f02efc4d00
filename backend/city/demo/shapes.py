"""What the invented history consists of: plain values that a seeding command can feed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PhotoRecipe:
    """How to draw one photo: what it shows, by night or not, and the dice of its details."""

    kind: str
    seed: int
    night: bool = False


@dataclass(frozen=True, slots=True)
class DemoStep:
    """A step of a report's life: when, into which status, and what the reporter reads."""

    at: datetime
    status: str
    text: str
    forwarded_to: str | None = None


@dataclass(frozen=True, slots=True)
class DemoReport:
    """One invented report with everything that came of it."""

    client_id: str  # the same for the same city, seed and number: seeding twice adds nothing
    created_at: datetime
    text: str
    language: str
    kind: str
    service: str
    channel: str
    district: str
    lon: float | None
    lat: float | None
    address: str | None
    answers: dict[str, Any]
    timeline: tuple[DemoStep, ...]
    confirmed_at: tuple[datetime, ...]
    satisfaction: int | None
    photo: PhotoRecipe | None
    duplicate_of: str | None = None  # the client_id of the report that told it first

    @property
    def status(self) -> str:
        """The status at the end of the timeline."""
        return self.timeline[-1].status if self.timeline else "received"
