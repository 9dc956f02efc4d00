# ruff: noqa: DTZ001 - rows of moments read better on one line; strategies add the zone
"""Working time: hours and days, holidays, and the nights in which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.city.calendar import (
    OFFICE,
    WEEKDAYS,
    WorkingCalendar,
    add_working_time,
    read_periods,
    working_time_between,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE_WEEK = WorkingCalendar.of("Europe/Amsterdam", OFFICE, [date(2026, 12, 25)])
NIGHT_SHIFT = WorkingCalendar.of("Europe/Amsterdam", dict.fromkeys(WEEKDAYS, "00:00-24:00"))
ODD = WorkingCalendar.of(
    "Europe/Amsterdam", {"sun": "01:30-02:30, 02:45-04:00", "wed": "22:00-24:00"}
)
ZONES = st.sampled_from(
    ["Europe/Amsterdam", "Europe/Bucharest", "America/St_Johns", "Asia/Kathmandu", "UTC"]
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def local(*parts: int) -> datetime:
    """A moment on the clocks of Amsterdam."""
    return datetime(*parts, tzinfo=AMSTERDAM)  # type: ignore[arg-type, misc]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Calendars with any number of periods, at least one of them."""
    hours = {}
    for day in WEEKDAYS:
        marks = draw(st.lists(st.integers(0, 1440), unique=True, max_size=6).map(sorted))
        pairs = [
            f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}"
            for a, b in zip(marks[::2], marks[1::2], strict=False)
        ]
        if pairs:
            hours[day] = ", ".join(pairs)
    assume(hours)
    return WorkingCalendar.of(
        draw(ZONES),
        hours,
        draw(st.lists(st.dates(date(2024, 1, 1), date(2030, 1, 1)), max_size=30)),
    )


def test_hours_run_over_the_night_and_the_weekend() -> None:
    friday = local(2026, 11, 20, 16, 0)
    assert add_working_time(OFFICE_WEEK, friday, hours=2) == local(2026, 11, 23, 9, 30)


def test_days_end_with_the_work_of_that_day() -> None:
    friday = local(2026, 11, 20, 10, 0)
    assert add_working_time(OFFICE_WEEK, friday, days=0) == local(2026, 11, 20, 17, 0)
    assert add_working_time(OFFICE_WEEK, friday, days=1) == local(2026, 11, 23, 17, 0)
    assert add_working_time(OFFICE_WEEK, local(2026, 11, 21, 10, 0), days=1) == local(
        2026, 11, 23, 17, 0
    )


def test_a_holiday_does_not_count() -> None:
    assert add_working_time(OFFICE_WEEK, local(2026, 12, 24, 12, 0), days=1) == local(
        2026, 12, 28, 17, 0
    )


def test_a_lunch_break_stays_within_one_day() -> None:
    split = WorkingCalendar.of(
        "Europe/Amsterdam", dict.fromkeys(WEEKDAYS, "09:00-12:00, 13:00-17:00")
    )
    assert add_working_time(split, local(2026, 11, 20, 8, 0), days=1) == local(2026, 11, 21, 17, 0)


@pytest.mark.parametrize(
    ("day", "length"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)]
)
def test_the_nights_of_the_clocks_have_their_true_length(
    day: tuple[int, int, int], length: int
) -> None:
    begin = local(*day, 0, 0)
    end = local(*day, 0, 0) + timedelta(days=1)  # wall clock
    assert working_time_between(NIGHT_SHIFT, begin, end) == timedelta(hours=length)


@given(calendars(), MOMENTS, st.floats(0, 300))
def test_adding_and_measuring_agree(
    calendar: WorkingCalendar, start: datetime, hours: float
) -> None:
    try:
        end = add_working_time(calendar, start, hours=hours)
    except ValueError:
        return  # only periods that fall into the hour that a night loses
    between = working_time_between(calendar, start, end)
    assert abs(between - timedelta(hours=hours)) < timedelta(milliseconds=1)
    assert end >= start


@given(calendars(), MOMENTS, st.floats(0, 80), st.floats(0, 80))
def test_two_steps_are_one(
    calendar: WorkingCalendar, start: datetime, one: float, two: float
) -> None:
    assume(one > 0.01 and two > 0.01)
    there = add_working_time(calendar, add_working_time(calendar, start, hours=one), hours=two)
    assert abs(there - add_working_time(calendar, start, hours=one + two)) < timedelta(
        milliseconds=1
    )


@given(calendars(), MOMENTS, st.integers(0, 60))
def test_more_days_are_later_and_end_at_work(
    calendar: WorkingCalendar, start: datetime, days: int
) -> None:
    end = add_working_time(calendar, start, days=days)
    assert end > start
    assert end <= add_working_time(calendar, start, days=days + 1)
    day = calendar.local_day(end - timedelta(microseconds=1))
    assert end == max(closes for _, closes in calendar.periods_of(day))


SPANS = st.timedeltas(timedelta(0), timedelta(days=120))


@given(st.sampled_from([OFFICE_WEEK, NIGHT_SHIFT, ODD]), MOMENTS, SPANS, SPANS)
def test_spans_add_up(
    calendar: WorkingCalendar, a: datetime, one: timedelta, two: timedelta
) -> None:
    b, c = a + one, a + one + two
    parts = working_time_between(calendar, a, b) + working_time_between(calendar, b, c)
    assert parts == working_time_between(calendar, a, c)
    assert working_time_between(calendar, c, a) == timedelta(0)


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(ValueError, match="no working hours"):
        add_working_time(WorkingCalendar.of("UTC", {}), datetime.now(UTC), hours=1)


@pytest.mark.parametrize(
    "text", ["", "9-17", "17:00-09:00", "09:00-12:00, 11:00-13:00", "25:00-26:00"]
)
def test_a_wrong_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_periods(text)
