"""Moments as GeoReport writes them, and as the world really sends them."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,12})?\s*(Z|z|[+-]\d{2}:?\d{2}|"
    r"\d{2}:\d{2})?"
)
DAY_END = timedelta(days=1) - timedelta(microseconds=1)


def written(moment: datetime) -> str:
    """UTC, whole seconds, ending in Z: the one form that every reader takes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def read_moment(text: str, zone: str, *, day_ends: bool = False) -> datetime:
    """Read a moment; without a zone it is on the city's clocks. ValueError when it is none.

    A day alone means its first moment, or its last with `day_ends`. A plus that a form turned into
    a space is a plus.
    """
    text = text.strip()[:60]
    here = ZoneInfo(zone)
    if _DAY.fullmatch(text):
        start = datetime.combine(datetime.fromisoformat(text).date(), time(), here)
        return _likely((start + DAY_END if day_ends else start).astimezone(UTC))
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("not a moment")
    day, clock, fraction, offset = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock}")
    if fraction:
        moment += timedelta(microseconds=int(float("0" + fraction) * 1_000_000))
    if offset is None:
        return _likely(moment.replace(tzinfo=here).astimezone(UTC))
    if offset in "Zz":
        return _likely(moment.replace(tzinfo=UTC))
    sign = offset if offset[0] in "+-" else "+" + offset
    sign = sign if ":" in sign else f"{sign[:3]}:{sign[3:]}"
    return _likely(datetime.fromisoformat(f"{moment.isoformat()}{sign}").astimezone(UTC))


def _likely(moment: datetime) -> datetime:
    if not 1900 <= moment.year <= 2200:
        raise ValueError("not a likely year")
    return moment


def whole_seconds(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """A range widened or narrowed to what lies in it when moments are told in whole seconds."""
    if since.microsecond:
        since = since.replace(microsecond=0) + timedelta(seconds=1)
    return since, until.replace(microsecond=999_999)
