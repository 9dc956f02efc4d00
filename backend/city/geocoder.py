"""From words to places and back: the city's own addresses, a Nominatim server, or nothing."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import requests
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.city import queries
from backend.city.folding import fold
from backend.city.models import Address
from backend.city.streets import StreetIndex
from backend.core.geo import cell_of, metres_between, ring
from backend.core.settings import Settings

log = structlog.get_logger(__name__)

MOST_RESULTS = 20
LONGEST_QUERY = 200
FARTHEST_RING = 3  # about a kilometre
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place with the words for it."""

    label: str
    lon: float
    lat: float
    street: str | None = None
    number: str | None = None
    postcode: str | None = None
    district: str | None = None  # the district's code
    exact: bool = True  # false: the street was found, the house number is the nearest known one


class Geocoder(Protocol):
    """Finds places by words, and words for places."""

    def search(self, text: str, limit: int = 8, near: LonLat | None = None) -> Sequence[FoundPlace]:
        """The places that a text may mean, best first."""

    def reverse(self, lon: float, lat: float) -> FoundPlace | None:
        """The address nearest to a place, None where there is none."""


class NoGeocoder:
    """Knows no place: people then describe it in words or point at the map."""

    def search(self, text: str, limit: int = 8, near: LonLat | None = None) -> Sequence[FoundPlace]:
        """Nothing."""
        return []

    def reverse(self, lon: float, lat: float) -> FoundPlace | None:
        """Nothing."""
        return None


_NUMBER = re.compile(r"\d{1,5}[a-z]?")
_COLUMNS = (
    Address.street, Address.number, Address.number_value, Address.postcode, Address.district_id,
    Address.lon, Address.lat,
)  # fmt: skip


@dataclass(frozen=True)
class _Question:
    """A query taken apart: the words of the street, and the house number if one is given."""

    words: str
    number: str | None

    @classmethod
    def of(cls, text: str) -> "_Question":
        tokens = fold(text[:LONGEST_QUERY]).split()
        numbers = [i for i, token in enumerate(tokens) if _NUMBER.fullmatch(token)]
        if not numbers or len(tokens) == 1:
            return cls(" ".join(tokens), None)
        at = numbers[-1] if numbers[-1] > 0 else numbers[0]
        number, end = tokens[at], at + 1
        if end < len(tokens) and re.fullmatch("[a-z]", tokens[end]) and number.isdigit():
            number, end = number + tokens[end], end + 1
        street = tokens[end:] if at == 0 else tokens[:at]
        return cls(" ".join(street), number)


class AddressFileGeocoder:
    """The addresses that the city pack brought; works with no network at all."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def search(self, text: str, limit: int = 8, near: LonLat | None = None) -> Sequence[FoundPlace]:
        """Addresses by postcode or street: whole name, beginnings of words, slips of the pen."""
        limit = max(1, min(limit, MOST_RESULTS))
        asked = _Question.of(text)
        if not asked.words:
            return []
        by_postcode = self._by_postcode(text, limit)
        if by_postcode:
            return by_postcode
        ranked = [
            (rank, place)
            for rank, street_key in self._streets().search(asked.words, limit * 2)
            if (place := self._in_street(street_key, asked.number))
        ]
        if near:
            ranked.sort(
                key=lambda pair: (pair[0], metres_between((pair[1].lon, pair[1].lat), near))
            )
        return [place for _, place in ranked[:limit]]

    def reverse(self, lon: float, lat: float) -> FoundPlace | None:
        """The nearest address within about a kilometre."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        cell = cell_of(lon, lat)
        best: tuple[float, Any] | None = None
        for distance in range(FARTHEST_RING + 1):
            cells = ring(cell, distance) if distance else (cell,)
            rows = self.session.execute(
                select(*_COLUMNS).where(Address.cell.in_(cells)).limit(5000)
            )
            closer = min(
                ((metres_between((lon, lat), (row.lon, row.lat)), row) for row in rows),
                key=lambda pair: pair[0],
                default=None,
            )
            settled = best is not None  # one more ring: a neighbour cell may hold a nearer house
            if closer and (best is None or closer[0] < best[0]):
                best = closer
            if settled:
                break
        return self._place(best[1]) if best else None

    def _streets(self) -> StreetIndex:
        facts = queries.facts(self.session)
        if "streets" not in facts.kept:
            names = self.session.execute(select(Address.street_key).distinct()).scalars()
            facts.kept["streets"] = StreetIndex(names)
        index: StreetIndex = facts.kept["streets"]
        return index

    def _by_postcode(self, text: str, limit: int) -> list[FoundPlace]:
        key = fold(text[:LONGEST_QUERY]).replace(" ", "")
        if not any(c.isdigit() for c in key) or len(key) > 20:
            return []
        rows = self.session.execute(
            select(*_COLUMNS)
            .where(Address.postcode_key == key)
            .order_by(Address.street_key, Address.number_value)
            .limit(limit)
        )
        return [self._place(row) for row in rows]

    def _in_street(self, street_key: str, number: str | None) -> FoundPlace | None:
        chosen = select(*_COLUMNS).where(Address.street_key == street_key)
        if number is None:
            return self._middle_of(street_key)
        value = int(re.match(r"\d+", number).group())  # type: ignore[union-attr]
        distance = func.abs(Address.number_value - value)
        rows = self.session.execute(
            chosen.order_by(distance, Address.number_value, Address.number).limit(12)
        ).all()
        if not rows:
            return None
        exact = next((row for row in rows if fold(row.number).replace(" ", "") == number), None)
        same = exact or next((row for row in rows if row.number_value == value), None)
        same_side = next((row for row in rows if (row.number_value - value) % 2 == 0), rows[0])
        return self._place(same or same_side, exact=same is not None)

    def _middle_of(self, street_key: str) -> FoundPlace | None:
        middle = self.session.execute(
            select(func.avg(Address.lon).label("lon"), func.avg(Address.lat).label("lat")).where(
                Address.street_key == street_key
            )
        ).one()
        if middle.lon is None:
            return None
        away = func.abs(Address.lon - middle.lon) + func.abs(Address.lat - middle.lat)
        row = self.session.execute(
            select(*_COLUMNS).where(Address.street_key == street_key).order_by(away).limit(1)
        ).first()
        return self._place(row, street_only=True) if row else None

    def _place(self, row: Any, *, exact: bool = True, street_only: bool = False) -> FoundPlace:
        district = (
            queries.district_by_id(self.session, row.district_id) if row.district_id else None
        )
        number = None if street_only else row.number
        label = row.street if street_only else f"{row.street} {row.number}"
        tail = district.name() if street_only and district else row.postcode
        return FoundPlace(
            label=f"{label}, {tail}" if tail else label,
            lon=row.lon,
            lat=row.lat,
            street=row.street,
            number=number,
            postcode=None if street_only else row.postcode,
            district=district.code if district else None,
            exact=exact,
        )


class NominatimGeocoder:
    """A Nominatim-compatible server, asked politely: answers are kept, failures give a pause."""

    TIMEOUT = 3.0
    KEEP_FOR = 24 * 3600.0
    KEEP_MOST = 500
    PAUSE = 30.0
    APART = 1.0  # seconds between two questions, as the public servers ask

    _lock: ClassVar[Any] = threading.Lock()
    _kept: ClassVar[OrderedDict[tuple[Any, ...], tuple[float, Any]]] = OrderedDict()
    _silent_until: ClassVar[dict[str, float]] = {}
    _next_at: ClassVar[dict[str, float]] = {}

    def __init__(
        self,
        url: str,
        *,
        language: str = "en",
        bounds: tuple[float, float, float, float] | None = None,
        contact: str = "",
    ) -> None:
        self.url, self.language, self.bounds = url.rstrip("/"), language, bounds
        self.agent = f"VoxUrbis ({contact})" if contact else "VoxUrbis"

    def search(self, text: str, limit: int = 8, near: LonLat | None = None) -> Sequence[FoundPlace]:
        """What the server finds within the city; nothing when it does not answer in time."""
        text = " ".join(text[:LONGEST_QUERY].split())
        if not text:
            return []
        asked: dict[str, str] = {"q": text, "limit": str(max(1, min(limit, MOST_RESULTS)))}
        if self.bounds:
            west, south, east, north = self.bounds
            asked |= {"viewbox": f"{west},{north},{east},{south}", "bounded": "1"}
        found = [place for item in self._ask("search", asked) if (place := _from_server(item))]
        if near:
            found.sort(key=lambda place: metres_between((place.lon, place.lat), near))
        return found

    def reverse(self, lon: float, lat: float) -> FoundPlace | None:
        """The address that the server knows at a place."""
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        asked = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "zoom": "18"}
        found = self._ask("reverse", asked)
        return _from_server(found[0]) if found else None

    def _ask(self, what: str, asked: dict[str, str]) -> list[Any]:
        key = (self.url, self.language, what, *sorted(asked.items()))
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
            if kept and now - kept[0] < self.KEEP_FOR:
                self._kept.move_to_end(key)
                return list(kept[1])
            if now < self._silent_until.get(self.url, 0.0):
                return []
            wait = max(0.0, self._next_at.get(self.url, 0.0) - now)
            if wait > self.TIMEOUT:
                return []
            self._next_at[self.url] = now + wait + self.APART
        time.sleep(wait)
        return self._fetch(key, what, asked)

    def _fetch(self, key: tuple[Any, ...], what: str, asked: dict[str, str]) -> list[Any]:
        try:
            answer = requests.get(
                f"{self.url}/{what}",
                params={**asked, "format": "jsonv2", "addressdetails": "1"},
                headers={"User-Agent": self.agent, "Accept-Language": self.language},
                timeout=self.TIMEOUT,
                allow_redirects=False,
            )
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            log.warning("geocoder_away", error=type(error).__name__)
            with self._lock:
                self._silent_until[self.url] = time.monotonic() + self.PAUSE
            return []
        items = found if isinstance(found, list) else [found]
        with self._lock:
            self._kept[key] = (time.monotonic(), items)
            while len(self._kept) > self.KEEP_MOST:
                self._kept.popitem(last=False)
        return items


def _from_server(item: Any) -> FoundPlace | None:
    try:
        address = item.get("address") or {}
        lon, lat = float(item["lon"]), float(item["lat"])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        return FoundPlace(
            label=str(item["display_name"])[:300],
            lon=lon,
            lat=lat,
            street=address.get("road") or address.get("pedestrian"),
            number=address.get("house_number"),
            postcode=address.get("postcode"),
            exact=bool(address.get("house_number")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def geocoder_for(session: Session, settings: Settings, language: str = "en") -> Geocoder:
    """The geocoder that the settings choose: a server, else the city's addresses, else none."""
    if settings.geocoder_url:
        return NominatimGeocoder(
            settings.geocoder_url,
            language=language,
            bounds=queries.facts(session).ground.bounds,
            contact=settings.mail_from,
        )
    return AddressFileGeocoder(session) if queries.facts(session).loaded else NoGeocoder()
