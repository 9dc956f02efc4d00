"""Quiet hours and digests on the clocks of a city, also in the nights in which they change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.notifications.hours import next_digest, quiet_until, read_clock

ZONES = st.sampled_from(["Europe/Amsterdam", "Europe/Bucharest", "UTC", "Australia/Lord_Howe"])
MOMENTS = st.integers(1_735_689_600, 1_830_211_200).map(lambda s: datetime.fromtimestamp(s, UTC))
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@given(MOMENTS, ZONES, CLOCKS, CLOCKS)
def test_quiet_ends_soon_and_on_the_clock(moment, zone, begin, end):
    until = quiet_until(moment, zone, begin, end)
    if until is None:
        return
    assert moment < until <= moment + timedelta(hours=25)
    local = until.astimezone(ZoneInfo(zone))
    day_changes = local.utcoffset() != moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert local.time() == read_clock(end) or day_changes
    assert quiet_until(until, zone, begin, end) is None or day_changes


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-04T19:59:00+00:00", None),
        ("2026-05-04T20:00:00+00:00", "2026-05-05T05:00:00+00:00"),
        ("2026-05-05T04:59:59+00:00", "2026-05-05T05:00:00+00:00"),
        ("2026-05-05T05:00:00+00:00", None),
        ("2026-03-28T22:00:00+00:00", "2026-03-29T05:00:00+00:00"),  # an hour is lost that night
        ("2026-10-24T22:00:00+00:00", "2026-10-25T06:00:00+00:00"),  # an hour comes twice
    ],
)
def test_a_night_in_amsterdam(moment, expected):
    found = quiet_until(datetime.fromisoformat(moment), "Europe/Amsterdam", "22:00", "07:00")
    assert found == (datetime.fromisoformat(expected) if expected else None)


def test_no_quiet_without_hours():
    now = datetime(2026, 5, 4, 23, tzinfo=UTC)
    assert quiet_until(now, "UTC", None, None) is None
    assert quiet_until(now, "UTC", "22:00", "22:00") is None


@given(MOMENTS, ZONES)
def test_digests_come_in_the_morning(moment, zone):
    daily = next_digest(moment, zone, "daily").astimezone(ZoneInfo(zone))
    weekly = next_digest(moment, zone, "weekly").astimezone(ZoneInfo(zone))
    assert moment < daily <= moment + timedelta(hours=25)
    assert moment < weekly <= moment + timedelta(days=7, hours=1)
    assert (daily.hour, weekly.hour, weekly.weekday()) == (8, 8, 0)


@pytest.mark.parametrize("text", ["24:00", "7:00", "07:60", "", "x", "07:00:00", "０7:00"])
def test_what_is_no_time_of_day(text):
    with pytest.raises(ValueError, match="22:00"):
        read_clock(text)
