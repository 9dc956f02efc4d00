"""What a request for a list asks for, in every spelling that is met in practice."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from backend.city import queries as city
from backend.core.clock import utcnow
from backend.core.geo import Box, parse_box
from backend.core.i18n import _
from backend.open311.answering import Refused
from backend.open311.catalogue import group_names, offered
from backend.open311.moments import read_moment
from backend.reports.queries.exchange import Exchange
from backend.reports.status import STATUSES

LONGEST_RANGE = timedelta(days=90)
DAY = timedelta(days=1)
MOST = 1000
MOST_NAMED = 1000
LAST_PAGE = 1_000_000
FARTHEST = 100_000.0
_SORTS = {
    "requested": "created", "requested_datetime": "created", "created": "created",
    "updated": "updated", "updated_datetime": "updated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A list that was asked for: which reports, which piece of it, and how much of each."""

    what: Exchange
    limit: int = MOST
    offset: int = 0
    paged: bool = False
    extensions: bool = False


class Arguments:
    """The arguments of a request; an empty one is none, and lists may be written in two ways."""

    def __init__(self, values: "MultiDict[str, str]", zone: str) -> None:
        self.values, self.zone = values, zone

    def one(self, *names: str) -> str | None:
        """The first of these that says something."""
        for name in names:
            for value in self.values.getlist(name):
                if value.strip():
                    return value.strip()
        return None

    def many(self, *names: str) -> tuple[str, ...]:
        """Everything listed, separated by commas or told again."""
        found = [
            part.strip()
            for name in names
            for value in self.values.getlist(name)
            for part in value[:100_000].split(",")
        ]
        return tuple(dict.fromkeys(part for part in found if part))[:MOST_NAMED]

    def moment(self, *names: str, day_ends: bool = False) -> datetime | None:
        """A moment; a wrong one is named."""
        text = self.one(*names)
        if text is None:
            return None
        try:
            return read_moment(text, self.zone, day_ends=day_ends)
        except (ValueError, OverflowError) as error:
            raise Refused(
                400,
                _(
                    "%(name)s is not a date and time. Write it as 2026-05-01T12:00:00Z.",
                    name=names[0],
                ),
            ) from error

    def whole(self, *names: str, least: int, most: int) -> int | None:
        """A whole number; more than the most is taken for the most."""
        text = self.one(*names)
        if text is None:
            return None
        if not text.isascii() or not text.isdecimal() or len(text) > 18 or int(text) < least:
            raise Refused(400, _("%(name)s is a whole number from %(n)s.", name=names[0], n=least))
        return min(int(text), most)

    def number(self, name: str, limit: float) -> float | None:
        """A number within bounds."""
        text = self.one(name)
        if text is None:
            return None
        try:
            value = float(text[:40])
        except ValueError:
            value = float("nan")
        if not -limit <= value <= limit:
            raise Refused(
                400, _("%(name)s lies between -%(n)d and %(n)d.", name=name, n=int(limit))
            )
        return value

    def flag(self, *names: str) -> bool | None:
        """Yes or no."""
        text = self.one(*names)
        return None if text is None else text.lower() not in ("false", "0", "no", "off")


def asked_reports(session: Session, *, window: bool = True) -> Asked:
    """Read the request; without dates of its own it is about the last 90 days."""
    facts = city.facts(session)
    given = Arguments(request.args, facts.time_zone)
    ids = given.many("service_request_id", "service_request_ids")
    limit, offset, paged = piece(given)
    extensions = bool(given.flag("extensions"))
    if ids:
        return Asked(Exchange(ids=ids), limit, offset, paged, extensions)
    what = Exchange(
        services=_services(session, given),
        departments=_departments(session, given),
        text=given.one("q"),
        has_photo=given.flag("has_photo"),
        order=_order(given),
        **_statuses(given),
        **_places(given),
    )
    return Asked(_timed(what, given, window=window), limit, offset, paged, extensions)


def piece(given: Arguments) -> tuple[int, int, bool]:
    """Which piece of a list is wanted: how many, after how many, and whether this was said."""
    size = given.whole("page_size", "per_page", "limit", "max_requests", least=1, most=MOST)
    page = given.whole("page", least=0, most=LAST_PAGE)
    offset = given.whole("offset", least=0, most=LAST_PAGE)
    limit = MOST if size is None else size
    if page is not None:
        offset = min((max(page, 1) - 1) * limit, LAST_PAGE)
    return limit, offset or 0, page is not None or size is not None or offset is not None


def _order(given: Arguments) -> str:
    sort = (given.one("sort") or "-created").lower()
    name = _SORTS.get(sort.removeprefix("-"))
    if name is None:
        raise Refused(400, _("sort is one of: %(all)s, with - for newest first.",
                             all=", ".join(_SORTS)))  # fmt: skip
    return f"-{name}" if sort.startswith("-") else name


def _statuses(given: Arguments) -> dict[str, Any]:
    """Open and closed, and our finer words; both of the two are no narrowing at all."""
    words = {word.casefold().replace(" ", "_") for word in given.many("status")}
    plain, finer = words & {"open", "closed"}, words - {"open", "closed"}
    if unknown := finer - set(STATUSES):
        raise Refused(400, _("status is open or closed, not %(word)s.", word=min(unknown)[:40]))
    if finer:
        chosen = {
            code for code, s in STATUSES.items() if ("open" if s.is_open else "closed") in plain
        }
        return {"statuses": tuple(sorted(chosen | finer))}
    return {"is_open": "open" in plain if len(plain) == 1 else None}


def _keys(names: Iterable[str], known: dict[str, int]) -> tuple[int, ...]:
    return tuple({known[name] for name in names if name in known})


def _services(session: Session, given: Arguments) -> tuple[int, ...] | None:
    codes, groups = given.many("service_code"), given.many("group_filter", "group")
    if not codes and not groups:
        return None
    facts = city.facts(session)
    chosen = set(_keys(codes, {s.code: s.id for s in facts.services}))
    if groups:
        names = {name.casefold(): code for code, name in group_names(facts, "").items()}
        codes_of = {names.get(g.casefold(), g) for g in groups}
        grouped = {s.id for s in offered(session) if s.group in codes_of}
        chosen = chosen & grouped if codes else grouped
    return tuple(sorted(chosen))


def _departments(session: Session, given: Arguments) -> tuple[int, ...] | None:
    wanted = [word.casefold() for word in given.many("agency_responsible")]
    if not wanted:
        return None
    known = {
        name.casefold(): d.id
        for d in city.facts(session).departments
        for name in (d.code, *d.names.values())
    }
    return _keys(wanted, known)


def _places(given: Arguments) -> dict[str, Any]:
    found: dict[str, Any] = {"bbox": _box(given)}
    lat, lon, radius = given.number("lat", 90), given.number("long", 180), given.one("radius")
    if radius is not None and lat is not None and lon is not None:
        # A place without a radius narrows nothing: some clients send theirs with every question.
        found |= {"near": (lon, lat), "radius": _radius(given)}
    return found


def _radius(given: Arguments) -> float:
    radius = given.number("radius", 1e9) or 0.0
    if radius <= 0:
        raise Refused(400, _("radius is a number of metres greater than 0."))
    return min(radius, FARTHEST)


def _box(given: Arguments) -> Box | None:
    text = given.one("bbox")
    if text is not None:
        return parse_box(text)
    corners = [given.number(name, limit) for name, limit in (
        ("long_sw", 180), ("lat_sw", 90), ("long_ne", 180), ("lat_ne", 90),
    )]  # fmt: skip
    if all(corner is None for corner in corners):
        return None
    if any(corner is None for corner in corners):
        raise Refused(400, _("Give all of long_sw, lat_sw, long_ne and lat_ne."))
    return parse_box(",".join(str(corner) for corner in corners))


def _timed(what: Exchange, given: Arguments, *, window: bool) -> Exchange:
    start = given.moment("start_date")
    end = given.moment("end_date", day_ends=True)
    changed = given.moment("updated_after", "updated")
    changed_until = given.moment("updated_before", day_ends=True)
    if changed_until is not None:
        changed_until = changed_until.replace(microsecond=999_999)
    what = replace(what, updated_since=changed, updated_until=changed_until)
    if start is None and end is None:
        if changed is not None or changed_until is not None or not window:
            return what
        return replace(what, since=utcnow() - LONGEST_RANGE)
    if start is not None and end is not None:
        if end < start:
            raise Refused(400, _("end_date lies before start_date."))
        if window and end - start > LONGEST_RANGE + DAY:
            raise Refused(400, _("The range from start_date to end_date may not exceed 90 days."))
    elif window and start is not None:
        end = start + LONGEST_RANGE
    elif window and end is not None:
        start = end - LONGEST_RANGE
    end = end.replace(microsecond=999_999) if end else None  # moments are told in whole seconds
    return replace(what, since=start, until=end)
