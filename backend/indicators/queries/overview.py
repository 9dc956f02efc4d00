"""A period as pages show it: present values, districts, series; kept until a value changes."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from backend.indicators.catalogue import series_codes
from backend.indicators.queries.registers import points
from backend.indicators.queries.values import (
    participation,
    periods,
    series_of,
    stamp,
    values_of,
)

Row = Mapping[str, Any]
KEPT = 24
_kept: "OrderedDict[tuple[Any, ...], Picture]" = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Picture:
    """Everything that the pages of one period show."""

    period: str
    periods: tuple[str, ...]
    values: Mapping[tuple[str, str], Row]
    districts: Mapping[str, Mapping[str, Row]]
    series: Mapping[tuple[str, str], tuple[Row, ...]]
    people: Mapping[str, Any]
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    """What pages made of it, kept as long as it holds."""

    def value(self, code: str, profile: str) -> Row | None:
        """The present value of a code in a profile."""
        return self.values.get((code, profile))

    def trend(self, code: str, profile: str) -> tuple[Row, ...]:
        """The series of a code over periods as long as this one, oldest first."""
        quarterly = "-Q" in self.period
        found = self.series.get((code, profile), ())
        return tuple(row for row in found if ("-Q" in row["period"]) == quarterly)


def known_period(session: Session, wish: str | None) -> str | None:
    """The period that was asked for if it has values, else the newest year, else the newest."""
    found = periods(session)
    if wish in found:
        return wish
    years = [period for period in found if "-Q" not in period]
    return years[0] if years else found[0] if found else None


def picture(session: Session, period: str) -> Picture:
    """A period, from memory unless a value has changed since."""
    key = (str(session.get_bind().engine.url), stamp(session), period)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = _read(session, period)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _read(session: Session, period: str) -> Picture:
    values: dict[tuple[str, str], Row] = {}
    districts: dict[str, dict[str, Row]] = {}
    for row in values_of(session, period):
        if row["district"]:
            districts.setdefault(row["code"], {})[row["district"]] = row
        else:
            values[row["code"], row["profile"]] = row
    series: dict[tuple[str, str], list[Row]] = {}
    for row in series_of(session):
        if row["profile"] == "platform" or row["level"] != "sub":
            series.setdefault((row["code"], row["profile"]), []).append(row)
    codes = series_codes()
    for point in points(session):
        sub = codes.get(point["series"])
        if sub is not None:
            told = {"n": None, "low": None, "high": None, "state": "measured", "score": None}
            series.setdefault((sub.code, "official"), []).append({**told, **point})
    return Picture(
        period=period,
        periods=tuple(periods(session)),
        values=values,
        districts=districts,
        series={key: tuple(rows) for key, rows in series.items()},
        people=participation(session, period),
    )
