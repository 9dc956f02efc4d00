"""Periods of the releases: quarters ("2026-Q3") and years ("2026"), on the city's clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backend.core.i18n import _
from backend.core.problems import Invalid

_FORM = re.compile(r"^(19[7-9]\d|20\d\d|21\d\d)(?:-Q([1-4]))?$")


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or a year."""

    year: int
    quarter: int | None = None

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}" if self.quarter else str(self.year)

    @property
    def before(self) -> "Period":
        """The period of the same length that came before."""
        if self.quarter is None:
            return Period(self.year - 1)
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)

    @property
    def after(self) -> "Period":
        """The period of the same length that comes next."""
        if self.quarter is None:
            return Period(self.year + 1)
        return Period(self.year, self.quarter + 1) if self.quarter < 4 else Period(self.year + 1, 1)

    def begin(self, zone: str) -> datetime:
        """The first moment of the period."""
        month = 3 * (self.quarter or 1) - 2
        return datetime(self.year, month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def end(self, zone: str) -> datetime:
        """The first moment after the period."""
        return self.after.begin(zone)

    def months(self) -> int:
        """How many months it has."""
        return 3 if self.quarter else 12


def parse_period(text: str) -> Period:
    """Read "2026" or "2026-Q3"."""
    match = _FORM.match(text.strip()[:10])
    if not match:
        raise Invalid(
            errors={"period": _("Write a year or a quarter, for example 2026 or 2026-Q3.")}
        )
    return Period(int(match[1]), int(match[2]) if match[2] else None)


def period_of(moment: datetime, zone: str, *, quarterly: bool = True) -> Period:
    """The quarter or year in which a moment lies."""
    local = moment.astimezone(ZoneInfo(zone))
    return Period(local.year, (local.month + 2) // 3 if quarterly else None)


def latest(moment: datetime, zone: str, number: int) -> Iterator[Period]:
    """The present quarter and those before it, the newest first."""
    period = period_of(moment, zone)
    for _n in range(number):
        yield period
        period = period.before
