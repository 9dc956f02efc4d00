"""Finding the place of a report: by address, by pin, by photo, or in words alone."""

from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.city.geocoder import FoundPlace, geocoder_for
from backend.core.i18n import _, current_language
from backend.core.problems import Invalid
from backend.core.settings import current_settings
from backend.web.drafts import Place

MOST = 6


def search(session: Session, words: str, limit: int = MOST) -> list[FoundPlace]:
    """The places of the city that words may mean."""
    geocoder = geocoder_for(session, current_settings(), current_language())
    return list(geocoder.search(words, limit))


def address_at(session: Session, lon: float, lat: float) -> str | None:
    """The address nearest to a place."""
    geocoder = geocoder_for(session, current_settings(), current_language())
    found = geocoder.reverse(lon, lat)
    return found.label if found else None


def number(text: str | None, most: float) -> float | None:
    """A coordinate from a form; None when it is none."""
    try:
        value = float((text or "").strip()[:30])
    except ValueError:
        return None
    return value if abs(value) <= most else None


def pinned() -> tuple[float, float] | None:
    """The place that the pin on the map, or the chosen answer, stands for."""
    lon, lat = number(request.form.get("lon"), 180), number(request.form.get("lat"), 90)
    return None if lon is None or lat is None else (lon, lat)


def pinned_in_address() -> tuple[float, float] | None:
    """The place that a link to the form brought along, as from the map."""
    lon, lat = number(request.args.get("lon"), 180), number(request.args.get("lat"), 90)
    return None if lon is None or lat is None else (lon, lat)


@dataclass(frozen=True, slots=True)
class Outside:
    """A place that is not in the city, and the nearest one that is."""

    lon: float | None
    lat: float | None
    address: str | None


class OutsideCity(Invalid):
    """The place lies outside; the page offers the nearest one inside."""

    def __init__(self, outside: Outside) -> None:
        super().__init__(
            errors={
                "address": _(
                    "This place is outside the city, so its city hall cannot act there. "
                    "Take the nearest place inside, or choose another."
                )
            }
        )
        self.outside = outside


def inside(session: Session, lon: float, lat: float, address: str | None) -> Place:
    """A point of the city with words for it, or OutsideCity."""
    check = city.check_place(session, lon, lat)
    if check.inside:
        words = address or address_at(session, lon, lat)
        return Place("point", round(lon, 6), round(lat, 6), words)
    if check.nearest is None:
        raise OutsideCity(Outside(None, None, None))
    near_lon, near_lat = check.nearest
    raise OutsideCity(
        Outside(round(near_lon, 6), round(near_lat, 6), address_at(session, near_lon, near_lat))
    )


def choice_value(found: FoundPlace) -> str:
    """A found place as the value of an answer to choose."""
    return f"{found.lon:.6f},{found.lat:.6f}"


def chosen(value: str) -> tuple[float, float] | None:
    """The place that a chosen answer stands for."""
    lon, comma, lat = value.partition(",")
    if not comma:
        return None
    x, y = number(lon, 180), number(lat, 90)
    return None if x is None or y is None else (x, y)
