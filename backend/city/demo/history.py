# ruff: noqa: S311 - dice for a demo, not for secrets
"""Laying an invented history out in time and space: seasons, hours, hot spots, storms, doubles."""

import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from backend.city.demo.answers import invented_answers
from backend.city.demo.recipe import BaseText, Recipe
from backend.city.demo.shapes import DemoReport, DemoStep, PhotoRecipe
from backend.city.demo.timeline import Life
from backend.city.demo.town import Spot, Town

HOURS = (2, 1, 1, 1, 1, 3, 9, 22, 34, 38, 36, 33, 36, 34, 32, 33, 37, 42, 40, 36, 33, 27, 16, 7)
NIGHT_HOURS = (18, 10, 5, 3, 2, 3, 6, 8, 6, 4, 3, 3, 3, 3, 3, 4, 6, 12, 18, 24, 30, 36, 34, 26)
WEEK = (1.25, 1.12, 1.08, 1.05, 1.0, 0.72, 0.66)
CHANNELS = {"app": 46, "web": 34, "phone": 9, "mail": 6, "desk": 3, "open311": 2}
PLACELESS = frozenset({"counter", "information", "work"})
HOT_SPOT = 0.28
DOUBLED = 0.07
CLOSER = 0.3
HASTY = 0.06
WITH_PHOTO = 0.5
NAMESPACE = uuid.UUID("6f1e5a0e-1c57-4c0e-9f4b-0a6f3a5f7d11")


@dataclass
class _Draft:
    """When, where and what, before anything has come of it."""

    created_at: datetime
    text: BaseText
    district: str
    spot: Spot | None
    duplicate_of: int | None = None  # the number of the first report, in order of drafting


@lru_cache(maxsize=2)
def _material(directory: Path) -> tuple[Recipe, Town]:
    return Recipe(directory), Town(directory)


def demo_reports(pack: Path, seed: int, until: datetime) -> Iterator[DemoReport]:
    """The invented history of a pack up to a moment, oldest first; the same for the same seed."""
    recipe, town = _material(pack)
    layout = _Layout(recipe, town, Random(f"{recipe.slug} {seed}"), until.astimezone(UTC))
    drafts = layout.drafts()
    ids = [str(uuid.uuid5(NAMESPACE, f"{recipe.slug} {seed} {n}")) for n in range(len(drafts))]
    order = sorted(range(len(drafts)), key=lambda n: (drafts[n].created_at, n))
    for number in order:
        draft = drafts[number]
        dice = Random(f"{recipe.slug} {seed} report {number}")
        first = None if draft.duplicate_of is None else ids[draft.duplicate_of]
        yield _Finish(recipe, dice, layout.until).report(draft, ids[number], first)


class _Layout:
    """Draws the drafts: ordinary days first, then the days on which much happened at once."""

    def __init__(self, recipe: Recipe, town: Town, dice: Random, until: datetime) -> None:
        self.recipe, self.town, self.dice, self.until = recipe, town, dice, until
        self.zone = ZoneInfo(recipe.zone)
        self.last_day = until.astimezone(self.zone).date()
        self.first_day = self.last_day - timedelta(days=int(recipe.plan["days"]))
        self.found: list[_Draft] = []
        self.firsts = [
            t for t in recipe.texts if t.outcome != "duplicate" and "storm" not in t.tags
        ]

    def drafts(self) -> list[_Draft]:
        """Every draft; their number in this list is their identity."""
        for burst in self.recipe.plan["bursts"]:
            self._burst(burst)
        days = [
            self.first_day + timedelta(days=n) for n in range(int(self.recipe.plan["days"]) + 1)
        ]
        weights = [
            WEEK[day.weekday()] * (0.8 + 0.5 * n / len(days)) * (1 + 0.15 * math.sin(day.month))
            for n, day in enumerate(days)
        ]
        while len(self.found) < int(self.recipe.plan["reports"]):
            self._ordinary(self.dice.choices(days, weights)[0])
        return self.found

    def _ordinary(self, day: date) -> None:
        district = self._district(None)
        text = self._text(self.firsts, district, day.month)
        spot = self._spot(text, district)
        self._keep(self._moment(day, text), text, spot, district)

    def _text(self, texts: list[BaseText], district: str, month: int) -> BaseText:
        weights = []
        for text in texts:
            weight = self.recipe.popularity(text.service) / self._share(text.service)
            weight *= self.recipe.tongue(district, text.language)
            weight *= self.recipe.in_season(text, month)
            weight *= 2.5 if text.season else 1.0
            weight *= text.district in (None, district)
            weight *= text.ground is None or district in self.town.districts_with(text.ground)
            weights.append(weight)
        return self.dice.choices(texts, weights)[0]

    @lru_cache(maxsize=200)  # noqa: B019 - lives as long as one layout
    def _share(self, service: str) -> int:
        return sum(1 for text in self.firsts if text.service == service) or 1

    def _district(self, ground: str | None) -> str:
        codes = list(self.town.districts_with(ground))
        people = dict(zip(self.town.codes, self.town.people, strict=True))
        return self.dice.choices(codes, [people[code] ** 0.8 + 400 for code in codes])[0]

    def _spot(self, text: BaseText, district: str) -> Spot | None:
        if text.service in PLACELESS:
            return None
        if text.ground is None and self.dice.random() < HOT_SPOT:
            before = [
                d.spot
                for d in self.found
                if d.text.service == text.service and d.district == district and d.spot
            ]
            if before:
                old = self.dice.choice(before)
                near = self.town.spot_near(self.dice, old.lon, old.lat)
                if self.town.district_at(near.lon, near.lat) == district:
                    return near
        return self.town.spot(self.dice, district, text.ground)

    def _moment(self, day: date, text: BaseText) -> datetime:
        hours = NIGHT_HOURS if "night" in text.tags else HOURS
        hour = self.dice.choices(range(24), hours)[0]
        clock = time(hour, self.dice.randrange(60), self.dice.randrange(60))
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _keep(self, at: datetime, text: BaseText, spot: Spot | None, district: str) -> None:
        if at >= self.until:
            return
        self.found.append(_Draft(at, text, district, spot))
        if spot and text.kind == "complaint" and self.dice.random() < DOUBLED:
            for _ in range(self.dice.choice((1, 1, 1, 2, 3))):
                self._double(len(self.found) - 1, hours=60)

    def _double(self, number: int, hours: float) -> None:
        """Somebody else tells the same, nearby and soon after."""
        first = self.found[number]
        assert first.spot is not None
        texts = [
            t
            for t in self.recipe.texts
            if t.service == first.text.service and t.kind == "complaint" and t is not first.text
            and ("storm" in t.tags) == ("storm" in first.text.tags)
        ] or [first.text]  # fmt: skip
        weights = [
            (3 if t.outcome == "duplicate" else 1) * self.recipe.tongue(first.district, t.language)
            for t in texts
        ]
        text = self.dice.choices(texts, weights)[0]
        at = _whole(first.created_at + timedelta(hours=self.dice.uniform(0.2, hours)))
        spot = self.town.spot_near(self.dice, first.spot.lon, first.spot.lat, 0.00018)
        if at < self.until:
            district = self.town.district_at(spot.lon, spot.lat) or first.district
            self.found.append(_Draft(at, text, district, spot, number))

    def _burst(self, burst: dict[str, Any]) -> None:
        month, day = map(int, str(burst["date"]).split("-"))
        tag, services = burst.get("tag"), burst.get("services")
        texts = [
            t
            for t in self.recipe.texts
            if (tag is None or tag in t.tags)
            and (services is None or t.service in services)
            and t.outcome != "duplicate"
            and t.kind == "complaint"
        ]
        for year in range(self.first_day.year, self.last_day.year + 1):
            start = datetime(year, month, day, int(burst["hour"]), tzinfo=self.zone)
            if self.first_day <= start.date() <= self.last_day:
                self._fill_burst(burst, texts, start)

    def _fill_burst(self, burst: dict[str, Any], texts: list[BaseText], start: datetime) -> None:
        begun = len(self.found)
        for _ in range(int(burst["reports"])):
            late = self.dice.betavariate(1.6, 3.2) * float(burst["hours"])
            at = _whole((start + timedelta(hours=late)).astimezone(UTC))
            own = [n for n in range(begun, len(self.found)) if self.found[n].duplicate_of is None]
            if own and self.dice.random() < 0.22:
                self._double(self.dice.choice(own), hours=float(burst["hours"]))
                continue
            ground = next((t.ground for t in texts if t.ground), None)
            district = burst.get("district") or self._district(ground)
            text = self._text(texts, district, start.month)
            if at < self.until:
                self.found.append(
                    _Draft(at, text, district, self.town.spot(self.dice, district, text.ground))
                )


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


class _Finish:
    """Turns a draft into a report: wording, answers, channel, timeline, voices, photo."""

    def __init__(self, recipe: Recipe, dice: Random, until: datetime) -> None:
        self.recipe, self.dice, self.until = recipe, dice, until

    def report(self, draft: _Draft, client_id: str, first: str | None) -> DemoReport:
        """The whole report."""
        dice, text, spot = self.dice, draft.text, draft.spot
        channel = dice.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        steps = self._steps(draft, first)
        can_show = text.photo and channel in ("app", "web") and dice.random() < WITH_PHOTO
        night = "night" in text.tags and not 7 <= draft.created_at.hour <= 18
        return DemoReport(
            client_id=client_id,
            created_at=draft.created_at,
            text=self._wording(text, spot),
            language=text.language,
            kind=text.kind,
            service=text.service,
            channel=channel,
            district=draft.district,
            lon=spot.lon if spot else None,
            lat=spot.lat if spot else None,
            address=spot.address if spot else None,
            answers=invented_answers(
                self.recipe.services[text.service],
                self.recipe.plan["answers"],
                draft.created_at,
                dice,
            ),
            timeline=steps,
            confirmed_at=self._voices(draft, steps) if first is None else (),
            satisfaction=self._satisfaction(draft, steps),
            photo=PhotoRecipe(text.photo, dice.randrange(10_000), night)
            if can_show and text.photo
            else None,
            duplicate_of=first,
        )

    def _wording(self, text: BaseText, spot: Spot | None) -> str:
        words = text.text.replace("{street}", spot.street if spot else "Grote Markt")
        if text.kind == "complaint" and self.dice.random() < CLOSER:
            words += " " + self.dice.choice(self.recipe.plan["closers"][text.language])
        if self.dice.random() < HASTY:
            words = words.lower().rstrip(".!")
        return words

    def _steps(self, draft: _Draft, first: str | None) -> tuple[DemoStep, ...]:
        life = Life(self.recipe, self.dice, draft.text, draft.created_at)
        if first is None:
            return life.steps(self.until)
        at = draft.created_at + timedelta(hours=self.dice.lognormvariate(1.5, 0.8))
        words = self.dice.choice(self.recipe.replies("duplicate", draft.text.language))
        return (DemoStep(at.replace(microsecond=0), "duplicate", words),) if at < self.until else ()

    def _voices(self, draft: _Draft, steps: tuple[DemoStep, ...]) -> tuple[datetime, ...]:
        """When others said "me too": soon after, while it was still to be seen."""
        if draft.text.kind == "praise" or draft.spot is None:
            return ()
        mean = 0.5 * min(3.0, self.recipe.popularity(draft.text.service) / 3) + 0.25
        count = min(
            24, int(self.dice.expovariate(1 / (mean * (3 if "storm" in draft.text.tags else 1))))
        )
        end = next(
            (s.at for s in steps if s.status in ("resolved", "no_action", "not_ours")), self.until
        )
        length = (min(end, self.until) - draft.created_at).total_seconds()
        return tuple(
            sorted(
                (
                    draft.created_at + timedelta(seconds=length * self.dice.betavariate(1, 3))
                ).replace(microsecond=0)
                for _ in range(count)
            )
        )

    def _satisfaction(self, draft: _Draft, steps: tuple[DemoStep, ...]) -> int | None:
        closed = next(
            (s for s in reversed(steps) if s.status in ("resolved", "no_action", "not_ours")), None
        )
        if closed is None or self.dice.random() > 0.3:
            return None
        if closed.status != "resolved":
            return self.dice.choices((1, 2, 3, 4, 5), (22, 26, 28, 17, 7))[0]
        days = (closed.at - draft.created_at).days
        slow = days > 2 * (self.recipe.services[draft.text.service].get("working_days") or 5)
        weights = (14, 20, 26, 26, 14) if slow else (3, 5, 12, 36, 44)
        return self.dice.choices((1, 2, 3, 4, 5), weights)[0]
