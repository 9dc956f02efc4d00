"""Hours of quiet and the hour of the digest, on the clocks of the city. Pure, no database."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = "22:00", "07:00"
DIGEST_HOUR = time(8)
MONDAY = 0
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


def read_clock(text: str) -> time:
    """Read '22:00'; ValueError when it is no time of day."""
    match = _CLOCK.fullmatch(text)
    if not match:
        raise ValueError("a time of day is written as 22:00")
    return time(int(match.group(1)), int(match.group(2)))


def _next(moment: datetime, zone: ZoneInfo, clock: time) -> datetime:
    """The first moment after this one at which the city's clocks show a time."""
    day = moment.astimezone(zone).date()
    for ahead in range(3):
        local = datetime.combine(day + timedelta(days=ahead), clock, zone)
        for fold in (0, 1):  # in the night that repeats an hour the clocks show a time twice
            found = local.replace(fold=fold).astimezone(UTC)
            if found > moment:
                return found
    raise AssertionError("unreachable: every day has this hour")


def quiet_until(moment: datetime, zone: str, begin: str | None, end: str | None) -> datetime | None:
    """When the quiet that lies on this moment ends; None when it is not quiet."""
    if not begin or not end or begin == end:
        return None
    clocks, first, last = ZoneInfo(zone), read_clock(begin), read_clock(end)
    now = moment.astimezone(clocks).time()
    inside = first <= now < last if first < last else now >= first or now < last
    return _next(moment, clocks, last) if inside else None


def next_digest(moment: datetime, zone: str, digest: str) -> datetime:
    """When the next digest goes out: in the morning, weekly ones on Monday."""
    clocks = ZoneInfo(zone)
    found = _next(moment, clocks, DIGEST_HOUR)
    while digest == "weekly" and found.astimezone(clocks).weekday() != MONDAY:
        found = _next(found, clocks, DIGEST_HOUR)
    return found
