"""What a list or a map is narrowed by: read from the address, told in words, written back."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.classification.queries import domain_codes, name_of
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.geo import Box, parse_box
from backend.core.i18n import _, current_language, in_language, lazy
from backend.core.pages.shell import with_query
from backend.core.problems import Invalid
from backend.reports.queries import Filters
from backend.reports.status import STATUSES, status_name
from backend.web import places
from backend.web.words import KINDS

RADIUS = 1000.0
STATES = (("open", lazy("Open")), ("closed", lazy("Closed")))
SPANS = (
    (7, lazy("Last 7 days")),
    (30, lazy("Last 30 days")),
    (90, lazy("Last 3 months")),
    (365, lazy("Last 12 months")),
)


@dataclass(slots=True)
class Narrowed:
    """The filters of an address, the words for each, and what of it was not understood."""

    filters: Filters
    chosen: list[tuple[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    near_words: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """The narrowing as part of an address, for the map beside the list and back."""
        names = ("q", "state", "status", "kind", "service", "domain", "district", "since")
        return {name: request.args[name][:200] for name in names if request.args.get(name)}


def narrowed(session: Session, *, mine: bool = False, box: Box | None = None) -> Narrowed:
    """Read the filters of this request."""
    result = Narrowed(Filters())
    values: dict[str, Any] = {"mine": mine, "bbox": box}
    for read in (_words, _state, _codes, _span):
        read(session, values, result)
    _near(session, values, result)
    result.filters = Filters(**values)
    return result


def _argument(name: str, most: int = 80) -> str:
    return request.args.get(name, "")[:most].strip()


def _tell(result: Narrowed, words: str, *names: str) -> None:
    gone: dict[str, object] = dict.fromkeys((*names, "cursor"))
    result.chosen.append((words, with_query(**gone)))


def _words(_session: Session, values: dict[str, Any], result: Narrowed) -> None:
    words = _argument("q", 200)
    if any(c.isalnum() for c in words):
        values["text"] = words
        _tell(result, f"“{words}”", "q")


def _state(_session: Session, values: dict[str, Any], result: Narrowed) -> None:
    state, status = _argument("state"), _argument("status")
    if state in dict(STATES):
        values["is_open"] = state == "open"
        _tell(result, str(dict(STATES)[state]), "state")
    if status in STATUSES:
        values["statuses"] = (status,)
        _tell(result, status_name(status), "status")
    kind = _argument("kind")
    if kind in KINDS:
        values["kinds"] = (kind,)
        _tell(result, str(KINDS[kind]["name"]), "kind")


def _codes(session: Session, values: dict[str, Any], result: Narrowed) -> None:
    language = current_language()
    service = city.service_by_code(session, _argument("service")) if _argument("service") else None
    if service:
        values["services"] = (service.code,)
        _tell(result, service.name(language), "service")
    domain = _argument("domain")
    if domain in domain_codes():
        values["domains"] = (domain,)
        _tell(result, name_of(domain, language), "domain")
    code = _argument("district")
    district = city.district_by_code(session, code) if code else None
    if district:
        values["districts"] = (district.code,)
        _tell(result, district.name(language), "district")


def _span(_session: Session, values: dict[str, Any], result: Narrowed) -> None:
    known = {str(days): (days, words) for days, words in SPANS}
    if (found := known.get(_argument("since"))) is not None:
        values["since"] = utcnow() - timedelta(days=found[0])
        _tell(result, str(found[1]), "since")


def _near(session: Session, values: dict[str, Any], result: Narrowed) -> None:
    words, point = _argument("near", 200), None
    if not words:
        return
    if (point := places.chosen(words)) is not None:
        result.near_words = ""
        shown = places.address_at(session, *point) or _("where you are")
    else:
        result.near_words = words
        found = places.search(session, words, 1)
        if not found:
            result.errors["near"] = _("We do not find this address. Try another spelling.")
            return
        point, shown = (found[0].lon, found[0].lat), found[0].label
    values["near"], values["radius"] = point, RADIUS
    _tell(result, _("Near %(place)s", place=shown), "near")


def choices(session: Session) -> dict[str, Any]:
    """What each filter offers."""
    language = current_language()
    facts = city.facts(session)
    names = {g["code"]: in_language(g["name"], language) for g in facts.groups}
    groups: dict[str, list[tuple[str, str]]] = {}
    for service in city.catalogue(session):
        word = names.get(service.group or "") or _("Other")
        groups.setdefault(word, []).append((service.code, service.name(language)))
    return {
        "states": [(code, str(word)) for code, word in STATES],
        "services": list(groups.items()),
        "domains": [(code, name_of(code, language)) for code in domain_codes()],
        "districts": [(d.code, d.name(language)) for d in city.districts(session)],
        "spans": [(days, str(words)) for days, words in SPANS],
        "kinds": [(code, str(kind["name"])) for code, kind in KINDS.items()],
    }


def box_of_request() -> Box | None:
    """The piece of the map that was asked for."""
    text = request.args.get("bbox")
    if not text:
        return None
    try:
        parts = [float(part) for part in text[:200].split(",")]
    except ValueError:
        return parse_box(text)
    if len(parts) != 4:
        raise Invalid(errors={"bbox": _("Give the box as west,south,east,north in degrees.")})
    west, south, east, north = parts
    # A map that shows more than the world asks for more than the world.
    return parse_box(f"{max(west, -180)},{max(south, -90)},{min(east, 180)},{min(north, 90)}")


def signed_in() -> bool:
    """Whether somebody is signed in."""
    return not current_actor().is_anonymous
