"""What reports tell: how many, how soon answered and resolved, what people thought of it.

Only public reports are read, which are published one by one; marks of satisfaction are a figure
about people and pass the gate.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.indicators.computing import survival
from backend.indicators.computing.values import NOT_MEASURED, SUPPRESSED, Found, Z, share
from backend.indicators.gate import published_count
from backend.reports.queries.measures import ReportColumns

Mask = np.ndarray[Any, Any]
RESOLVED = "resolved"
OFFLINE = ("phone", "mail", "desk")


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of a period, watched up to a moment, and the people they are counted against."""

    columns: ReportColumns
    seen_until: float
    ended: float
    residents: Mapping[str, int]  # "" is the whole city
    few: int


Measure = Callable[[Reports, Mask, str], Found]


def volume(reports: Reports, mask: Mask, district: str) -> Found:
    """Reports for each 1,000 residents."""
    residents, n = reports.residents.get(district, 0), int(mask.sum())
    if not residents:
        return NOT_MEASURED
    spread = Z * math.sqrt(n)
    scale = 1000 / residents
    return Found(scale * n, n, scale * max(0.0, n - spread), scale * (n + spread))


def _waited(reports: Reports, mask: Mask, moments: Mask) -> tuple[Mask, Mask]:
    """Days until a moment or the last look, and whether it had come by then."""
    created = reports.columns.created[mask]
    at = moments[mask]
    happened = ~np.isnan(at) & (at <= reports.seen_until)
    until = np.where(happened, np.nan_to_num(at), reports.seen_until)
    return np.maximum(until - created, 0.0), happened


def answered_30d(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share with a first answer within 30 days."""
    waited, happened = _waited(reports, mask, reports.columns.answered)
    return survival.share_within(waited, happened, 30, reports.few)


def answer_median(reports: Reports, mask: Mask, _district: str) -> Found:
    """The median time to the first answer."""
    waited, happened = _waited(reports, mask, reports.columns.answered)
    return survival.median(waited, happened, reports.few)


def resolved_60d(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share resolved within 60 days."""
    waited, ended = _waited(reports, mask, reports.columns.closed)
    resolved = ended & (reports.columns.status[mask] == RESOLVED)
    return survival.share_within(waited, resolved, 60, reports.few)


def _closed(reports: Reports, mask: Mask) -> Mask:
    closed = reports.columns.closed
    done: Mask = mask & ~np.isnan(closed) & (closed <= reports.seen_until)
    return done


def reopened(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share of the closed that had to be opened again."""
    done = _closed(reports, mask) | (mask & (reports.columns.reopened > 0))
    again = int((reports.columns.reopened[done] > 0).sum())
    return share(again, int(done.sum()), reports.few)


def reasons(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share of the closed whose closing says why."""
    done = _closed(reports, mask)
    return share(int(reports.columns.reasoned[done].sum()), int(done.sum()), reports.few)


def satisfaction(reports: Reports, mask: Mask, _district: str) -> Found:
    """The mean mark, if enough different people gave one and they were not all of one mind."""
    rated = mask & ~np.isnan(reports.columns.mark)
    marks = reports.columns.mark[rated]
    people = published_count(len(np.unique(reports.columns.rater[rated])))
    if not people:
        return SUPPRESSED if people is None else Found(state="few", n=0)
    if float(marks.min()) == float(marks.max()):
        return SUPPRESSED
    middle = float(marks.mean())
    spread = Z * float(marks.std(ddof=1)) / math.sqrt(len(marks))
    return Found(middle, people, max(1.0, middle - spread), min(5.0, middle + spread))


def open_channels(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share that came by telephone, letter or at the desk."""
    by = np.isin(reports.columns.channel[mask].astype(str), OFFLINE)
    return share(int(by.sum()), int(mask.sum()), reports.few)


def forwarded_5d(reports: Reports, mask: Mask, _district: str) -> Found:
    """Of those that were another body's, the share that was passed on within five days."""
    passed = mask & ~np.isnan(reports.columns.forwarded)
    waited = reports.columns.forwarded[passed] - reports.columns.created[passed]
    return share(int((waited <= 5).sum()), int(passed.sum()), reports.few)


def several_bodies(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share that several departments had in hand."""
    many = reports.columns.departments[mask] >= 2
    return share(int(many.sum()), int(mask.sum()), reports.few)


def backlog(reports: Reports, mask: Mask, _district: str) -> Found:
    """Those still open when the period ended."""
    end = min(reports.ended, reports.seen_until)
    closed = reports.columns.closed[mask]
    still = np.isnan(closed) | (closed > end)
    return share(int(still.sum()), int(mask.sum()), reports.few)


def duplicates(reports: Reports, mask: Mask, _district: str) -> Found:
    """The share that was merged into another."""
    merged = reports.columns.status[mask] == "duplicate"
    return share(int(merged.sum()), int(mask.sum()), reports.few)


MEASURES: Mapping[str, Measure] = {
    "reports": volume,
    "answered_30d": answered_30d,
    "answer_median": answer_median,
    "resolved_60d": resolved_60d,
    "reopened": reopened,
    "reasons": reasons,
    "satisfaction": satisfaction,
    "open_channels": open_channels,
    "forwarded_5d": forwarded_5d,
    "several_bodies": several_bodies,
    "backlog": backlog,
    "duplicates": duplicates,
}
