"""The calendar of an edition: its phases, their usual lengths, and a year's move. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from backend.core.i18n import lazy
from backend.ideas.models import PHASE_KINDS

NAMES: Mapping[str, Any] = {
    "outline": lazy("Outline problems"),
    "propose": lazy("Propose ideas"),
    "endorse": lazy("Endorse"),
    "feasibility": lazy("Feasibility check"),
    "jury": lazy("Jury"),
    "vote": lazy("Vote"),
    "count": lazy("Count"),
    "results": lazy("Results"),
    "carry_out": lazy("Carry out"),
    "benefits": lazy("Benefits"),
}
EXPLAINED: Mapping[str, Any] = {
    "outline": lazy("Say what is wrong or missing, and support the problems of others."),
    "propose": lazy("Write down an idea, alone or with others."),
    "endorse": lazy("Support the ideas that you want to see on the ballot."),
    "feasibility": lazy("Departments find out what can be done and what it costs."),
    "jury": lazy("The jury judges the ideas by its criteria."),
    "vote": lazy("Residents vote."),
    "count": lazy("The votes are counted by the rule that was fixed beforehand."),
    "results": lazy("The result is published; objections can be made."),
    "carry_out": lazy("The winners are carried out, step by step."),
    "benefits": lazy("Who was helped, and how? Residents confirm or contest it."),
}
USUAL_DAYS: Mapping[str, int] = {
    "outline": 30,
    "propose": 45,
    "endorse": 30,
    "feasibility": 45,
    "jury": 21,
    "vote": 21,
    "count": 7,
    "results": 14,
    "carry_out": 240,
    "benefits": 60,
}


@dataclass(frozen=True, slots=True)
class Span:
    """A phase's time: from its start up to, and without, its end."""

    kind: str
    starts_at: datetime
    ends_at: datetime


def usual_calendar(first_day: date, zone: str) -> list[Span]:
    """The phases one after another in their usual lengths, turning at midnight on local clocks."""
    spans, day = [], first_day
    for kind in PHASE_KINDS:
        end = day + timedelta(days=USUAL_DAYS[kind])
        spans.append(Span(kind, midnight(day, zone), midnight(end, zone)))
        day = end
    return spans


def midnight(day: date, zone: str) -> datetime:
    """The moment at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def moved_by_years(moment: datetime, years: int, zone: str) -> datetime:
    """The same local date and clock time some years on; 29 February becomes the 28th."""
    local = moment.astimezone(ZoneInfo(zone))
    try:
        moved = local.replace(year=local.year + years)
    except ValueError:
        moved = local.replace(year=local.year + years, day=28)
    return moved.astimezone(UTC)


def order_faults(spans: Mapping[str, tuple[datetime, datetime]]) -> dict[str, str]:
    """What contradicts itself in a calendar, by phase; phases may overlap, but not run backwards.

    A phase must end after it starts; no phase starts before the one that it builds on; counting
    waits for the end of the vote.
    """
    faults: dict[str, str] = {}
    known = [kind for kind in PHASE_KINDS if kind in spans]
    for kind in known:
        start, end = spans[kind]
        if end <= start:
            faults[kind] = "ends_before_start"
    for before, after in pairwise(known):
        if spans[after][0] < spans[before][0]:
            faults.setdefault(after, "starts_before_previous")
    if "vote" in spans and "count" in spans and spans["count"][0] < spans["vote"][1]:
        faults.setdefault("count", "before_vote_ends")
    return faults
