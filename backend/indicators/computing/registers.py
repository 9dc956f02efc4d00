"""What the registers and the imported series tell: services online, projects, official figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.classification.queries import override_rates
from backend.indicators.catalogue import SubIndicator, catalogue, series_codes
from backend.indicators.computing.values import FEW, NOT_MEASURED, Found, Value, digest, share
from backend.indicators.periods import Period
from backend.indicators.queries.registers import points, projects, public_services

Row = Mapping[str, Any]
LATE_YEARS = 6  # an official figure older than this says nothing of the period any more


def services_online(services: Sequence[Row]) -> Found:
    """The share of public services that can be arranged wholly online."""
    if not services:
        return NOT_MEASURED
    whole = sum(1 for service in services if service["online"] == "full")
    found = share(whole, len(services), 1)
    return Found(found.value, len(services))


def services_used_online(services: Sequence[Row]) -> Found:
    """The share of requests that were made online, where the departments told it."""
    told = [s for s in services if s["requests_year"] and s["online_share"] is not None]
    requests = sum(s["requests_year"] for s in told)
    if not requests:
        return NOT_MEASURED
    online = sum(s["requests_year"] * s["online_share"] for s in told)
    return Found(online / requests, requests)


def overridden(session: Session, since: datetime) -> Found:
    """The share of decisions in which a person chose another component than was suggested."""
    rates = override_rates(session, since)
    decisions = sum(int(rate["decisions"]) for rate in rates)
    if decisions < catalogue().few:
        return FEW if decisions else NOT_MEASURED
    return share(sum(int(rate["overridden"]) for rate in rates), decisions, catalogue().few)


def running_projects(entries: Sequence[Row], component: str) -> Found:
    """How many projects of a component run or were finished."""
    mine = [e for e in entries if e["component"] == component and e["state"] != "planned"]
    return Found(float(len(mine)), len(mine)) if entries else NOT_MEASURED


class Registers:
    """The registers as they stand at the time of computing."""

    def __init__(self, session: Session, since: datetime) -> None:
        self.session, self.since = session, since
        self.services, self.projects = public_services(session), projects(session)

    def measure(self, sub: SubIndicator) -> Found | None:
        """What the registers tell of a sub-indicator; None when they know nothing of it."""
        if sub.measure == "services_online":
            return services_online(self.services)
        if sub.measure == "services_used_online":
            return services_used_online(self.services)
        if sub.measure == "projects":
            return running_projects(self.projects, sub.component)
        if sub.measure == "overridden":
            return overridden(self.session, self.since)
        return None

    @property
    def digest(self) -> str:
        """A hash of what was read."""
        return digest([sorted(row.items(), key=str) for row in (*self.services, *self.projects)])


def official_values(session: Session, period: Period) -> list[Value]:
    """The newest official figure of each series up to a period, with its own year and flags."""
    by_series: dict[str, list[Row]] = {}
    for point in points(session):
        by_series.setdefault(point["series"], []).append(point)
    return [
        _official(sub, by_series.get(series, []), period) for series, sub in series_codes().items()
    ]


def _official(sub: SubIndicator, told: Sequence[Row], period: Period) -> Value:
    usable = [
        p
        for p in told
        if p["value"] is not None and period.year - LATE_YEARS <= _year(p["period"]) <= period.year
        and _not_after(str(p["period"]), period)
    ]  # fmt: skip
    empty = Value(
        code=sub.code, level="sub", profile="official", period=str(period), state="not_measured",
        provenance=sub.provenance, inputs_hash=digest(sub.code, told),
    )  # fmt: skip
    if not usable:
        return empty
    newest = max(usable, key=lambda p: str(p["period"]))
    return Value(
        code=sub.code, level="sub", profile="official", period=str(period),
        value=float(newest["value"]), flags=newest["flags"], provenance=sub.provenance,
        source_period=str(newest["period"]), inputs_hash=digest(sub.code, newest["digest"], newest),
    ).rounded(3)  # fmt: skip


def _year(period: Any) -> int:
    text = str(period)[:4]
    return int(text) if text.isdigit() else 0


def _not_after(told: str, period: Period) -> bool:
    """A quarter of the same year counts only up to the quarter asked for."""
    if period.quarter is None or "-Q" not in told:
        return True
    return told <= str(period)
