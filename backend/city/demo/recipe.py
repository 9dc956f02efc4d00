"""The words and the proportions of an invented history, read from a pack's history folder."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from backend.city.calendar import WorkingCalendar

GROUNDS = ("park", "beach")


@dataclass(frozen=True)
class BaseText:
    """A hand-written text: what it is about, in which language, and what came of it."""

    service: str
    kind: str
    language: str
    outcome: str
    text: str
    tags: tuple[str, ...] = ()
    photo: str | None = None
    answer: str | None = None

    @property
    def season(self) -> str | None:
        """The season in which such a thing is written."""
        return next((t for t in self.tags if t in ("winter", "summer", "autumn")), None)

    @property
    def ground(self) -> str | None:
        """The ground on which it lies: a park, a beach, or none in particular."""
        return next((t[1:] for t in self.tags if t[1:] in GROUNDS), None)

    @property
    def district(self) -> str | None:
        """The district that the text is about."""
        return next((t[1:] for t in self.tags if t[0] == "@" and t[1:] not in GROUNDS), None)


class Recipe:
    """Everything that the layout needs beside the ground."""

    def __init__(self, directory: Path) -> None:
        folder = directory / "history"
        lines = (folder / "texts.jsonl").read_text(encoding="utf-8").splitlines()
        self.texts = [_base_text(json.loads(line)) for line in lines if line.strip()]
        self.plan: dict[str, Any] = _yaml(folder / "recipe.yaml")
        services = _yaml(directory / "services.yaml")["services"]
        self.services: dict[str, Any] = {service["code"]: service for service in services}
        self.slug: str = _yaml(directory / "city.yaml")["slug"]
        self.zone: str = _yaml(directory / "city.yaml")["time_zone"]
        self._calendar = _yaml(directory / "calendar.yaml")

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """When city hall works."""
        days = [entry["date"] for entry in self._calendar["holidays"]]
        return WorkingCalendar.of(self.zone, self._calendar["hours"], days)

    def popularity(self, service: str) -> float:
        """How often a service is reported."""
        return float(self.plan["popularity"].get(service, 1))

    def tongue(self, district: str, language: str) -> float:
        """How often a language is heard in a district."""
        here = self.plan["tongues"].get(district, {}).get(language, 1)
        return float(self.plan["all_tongues"].get(language, 1) * here)

    def in_season(self, text: BaseText, month: int) -> bool:
        """Whether a text may be written in this month."""
        return text.season is None or month in self.plan["seasons"][text.season]

    def replies(self, status: str, language: str) -> list[str]:
        """What the city may say on a step."""
        found: list[str] = self.plan["replies"][status][language]
        return found


def _base_text(entry: dict[str, Any]) -> BaseText:
    return BaseText(**{**entry, "tags": tuple(entry.get("tags", ()))})


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
