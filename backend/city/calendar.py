"""Working time: what city hall's hours and holidays make of a deadline. Pure, no database.

Hours are written on the clocks of the city and counted as they truly pass, so a night in which
the clocks change neither gains nor loses an hour.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = dict.fromkeys(WEEKDAYS[:5], "08:30-17:00")
LONGEST_SEARCH = 3660  # days: ten years without an open door means that the hours are wrong
_PERIOD = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")

Period = tuple[int, int]  # minutes after midnight, from and to


def read_periods(text: str) -> tuple[Period, ...]:
    """Read '08:30-12:00, 13:00-17:00'; ValueError says what is wrong."""
    periods: list[Period] = []
    for part in text.split(","):
        match = _PERIOD.fullmatch(part.strip())
        if not match:
            raise ValueError(f"'{part.strip()}' is not a period; write it as 08:30-17:00")
        numbers = [int(group) for group in match.groups() if group is not None]
        begin, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if end <= begin:
            raise ValueError(f"'{part.strip()}' ends before it begins")
        if periods and begin < periods[-1][1]:
            raise ValueError(f"'{part.strip()}' begins before the period before it has ended")
        periods.append((begin, end))
    return tuple(periods)


@dataclass(frozen=True)
class WorkingCalendar:
    """When somebody works: a time zone, periods by weekday (Monday is 0), and free days."""

    zone: ZoneInfo
    week: tuple[tuple[Period, ...], ...]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def of(
        cls, zone: str, hours: Mapping[str, str], holidays: Iterable[date] = ()
    ) -> "WorkingCalendar":
        """A calendar from hours by weekday as a city pack writes them."""
        week = tuple(read_periods(hours[day]) if hours.get(day) else () for day in WEEKDAYS)
        return cls(ZoneInfo(zone), week, frozenset(holidays))

    def is_working_day(self, day: date) -> bool:
        """Whether the door opens at all on this day."""
        return bool(self.week[day.weekday()]) and day not in self.holidays

    def periods_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The periods of one day as moments in UTC, in order and without overlap."""
        if day in self.holidays:
            return
        last = datetime.min.replace(tzinfo=UTC)
        for begin, end in self.week[day.weekday()]:
            # In the night that loses an hour two periods may fall on the same moments.
            opens, closes = max(last, self._moment(day, begin)), self._moment(day, end)
            if opens < closes:
                yield opens, closes
                last = closes

    def _moment(self, day: date, minutes: int) -> datetime:
        day, minutes = day + timedelta(days=minutes // 1440), minutes % 1440
        local = datetime.combine(day, time(minutes // 60, minutes % 60), self.zone)
        return local.astimezone(UTC)

    def local_day(self, moment: datetime) -> date:
        """The date on the clocks of the city."""
        return moment.astimezone(self.zone).date()


def always_office(zone: str = "UTC") -> WorkingCalendar:
    """The calendar of a city that gave none: ordinary office hours, no holidays."""
    return WorkingCalendar.of(zone, OFFICE)


def _periods_from(
    calendar: WorkingCalendar, moment: datetime
) -> Iterator[tuple[datetime, datetime]]:
    if not any(calendar.week):
        raise ValueError("the calendar has no working hours; give at least one day a period")
    day = calendar.local_day(moment) - timedelta(days=1)  # a period may end after midnight
    for _ in range(LONGEST_SEARCH):
        for opens, closes in calendar.periods_of(day):
            if closes > moment:
                yield max(opens, moment), closes
        day += timedelta(days=1)
    raise ValueError("no working time within ten years; check the calendar's holidays")


def add_working_time(
    calendar: WorkingCalendar,
    start: datetime,
    *,
    hours: float | None = None,
    days: int | None = None,
) -> datetime:
    """The moment at which so many working hours, or whole working days, have passed since start.

    Days count from the day after start: with days=1 the deadline is the end of work on the next
    working day. With days=0 it is the end of work on this working day, or on the next one.
    """
    if (hours is None) == (days is None):
        raise ValueError("give either hours or days")
    if hours is not None:
        return _add_hours(calendar, start, timedelta(hours=hours))
    assert days is not None
    if days < 0:
        raise ValueError("days cannot be negative")
    today = calendar.local_day(start)
    passed: set[date] = set()
    for _, closes in _periods_from(calendar, start):
        day = calendar.local_day(closes - timedelta(microseconds=1))
        if day != today or days == 0:
            passed.add(day)
        if len(passed) >= max(1, days):
            return max(end for _, end in calendar.periods_of(day))
    raise AssertionError("unreachable: the search ends with an error")


def _add_hours(calendar: WorkingCalendar, start: datetime, left: timedelta) -> datetime:
    if left < timedelta(0):
        raise ValueError("hours cannot be negative")
    if left == timedelta(0):
        return start.astimezone(UTC)
    for opens, closes in _periods_from(calendar, start.astimezone(UTC)):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise AssertionError("unreachable: the search ends with an error")


def working_time_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """The working time that lies between two moments; zero when end is not after start."""
    total = timedelta(0)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day, last = calendar.local_day(start) - timedelta(days=1), calendar.local_day(end)
    while day <= last:
        for opens, closes in calendar.periods_of(day):
            total += max(timedelta(0), min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total
