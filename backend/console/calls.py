"""What a caller says, as the one-page form of the telephone intake carries it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from backend.city.facts import ServiceFacts
from backend.city.geocoder import FoundPlace, geocoder_for
from backend.classification.queries import name_of
from backend.classification.service import suggest_now
from backend.core.actor import Actor
from backend.core.i18n import LANGUAGES, _, current_language, in_language
from backend.core.pages.forms import line, text
from backend.core.problems import Invalid
from backend.core.settings import current_settings
from backend.reports.naming import Lookup
from backend.reports.queries import similar_reports
from backend.reports.service import Contact, NewReport
from backend.reports.service.intake import emergency_notice

FIELDS = ("text", "kind", "service", "address", "lat", "lon", "name", "phone", "email", "language")
LONGEST = 10_000
MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What the desk tells the clerk while the caller speaks."""

    emergency: Mapping[str, str] | None = None
    similar: Sequence[Mapping[str, Any]] = ()
    places: Sequence[FoundPlace] = ()
    district: str = ""
    outside: bool = False
    suggestion: str = ""
    unsure: bool = False
    services: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """The form as it stands."""

    values: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    point: tuple[float, float] | None = None


def _number(value: str, most: float) -> float | None:
    try:
        number = float(value[:30])
    except ValueError:
        return None
    return number if abs(number) <= most else None


def call_of_form(service: ServiceFacts | None) -> Call:
    """Read the form."""
    values = {name: line(name, 300) for name in FIELDS if name != "text"}
    values["text"] = text("text", LONGEST)
    values["private"] = "1" if request.form.get("private") else ""
    values["news"] = "1" if request.form.get("news") else ""
    chosen = request.form.get("found", "")
    if chosen:
        place, _bar, label = chosen.partition("|")
        values["lon"], _comma, values["lat"] = place.partition(",")
        values["address"] = label[:300] or values["address"]
    lon, lat = _number(values["lon"], 180), _number(values["lat"], 90)
    point = None if lon is None or lat is None else (lon, lat)
    return Call(values, _answers(service), point)


def _answers(service: ServiceFacts | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for question in service.questions if service else ():
        name = f"answer-{question['code']}"
        several = question["datatype"] == "multivaluelist"
        value: Any = request.form.getlist(name)[:50] if several else line(name, 4000)
        if value:
            found[str(question["code"])] = value
    return found


def look(session: Session, actor: Actor, known: Lookup, call: Call) -> Seen:
    """What is alike, where it is, whose it might be, and whether anybody is in danger."""
    words, language = call.values.get("text", ""), current_language()
    places: Sequence[FoundPlace] = ()
    point = call.point
    if point is None and call.values.get("address"):
        geocoder = geocoder_for(session, current_settings(), language)
        places = geocoder.search(call.values["address"], MOST_PLACES)
        if len(places) == 1 and places[0].exact:
            point = (places[0].lon, places[0].lat)
    check = known.facts.ground.check(*point) if point else None
    district = known.districts.get(check.district_id or 0) if check else None
    chosen = call.values.get("service") or None
    similar = similar_reports(session, actor, words, point, service=chosen) if words else []
    told = suggest_now(session, words, call.values.get("language") or None) if words else None
    offered = [known.services_by_code.get(code) for code in (told.services if told else ())]
    return Seen(
        emergency=emergency_notice(known, words),
        similar=similar,
        places=places if len(places) != 1 else (),
        district=district.name(language) if district else "",
        outside=bool(check and not check.inside),
        suggestion=name_of(told.component, language) if told and told.component else "",
        unsure=bool(told and told.unsure),
        services=[(s.code, s.name(language)) for s in offered if s and not s.retired],
    )


def new_report(session: Session, call: Call) -> NewReport:
    """The call as a report; an address that is found for certain becomes a point."""
    values = call.values
    if not (values["name"] or values["phone"] or values["email"]):
        contact = None
    else:
        if values["email"] and "@" not in values["email"]:
            raise Invalid(errors={"email": _("Write the address in the form name@example.org.")})
        contact = Contact(
            values["name"] or None,
            values["email"] or None,
            values["phone"] or None,
            wants_news=bool(values["news"]),
        )
    point = call.point
    if point is None and values["address"]:
        geocoder = geocoder_for(session, current_settings(), current_language())
        found = geocoder.search(values["address"], 2)
        if len(found) == 1 and found[0].exact:
            point = (found[0].lon, found[0].lat)
    return NewReport(
        text=values["text"],
        kind=values["kind"] or "complaint",
        service=values["service"] or None,
        place=point,
        address=values["address"] or None,
        answers=call.answers,
        language=values["language"] if values["language"] in LANGUAGES else None,
        visibility="private" if values["private"] else "public",
        channel="phone",
        contact=contact,
    )


def questions_of(service: ServiceFacts | None) -> list[dict[str, Any]]:
    """A service's questions in the reader's language, as the form asks them."""

    def offered(question: Mapping[str, Any]) -> list[tuple[str, str]]:
        values = question.get("values") or ()
        return [(str(v["key"]), in_language(dict(v["name"]))) for v in values]

    return [
        {
            "code": str(q["code"]),
            "name": f"answer-{q['code']}",
            "datatype": q["datatype"],
            "label": in_language(dict(q["text"])),
            "required": bool(q.get("required")),
            "when": bool(q.get("when")),
            "values": [
                (str(v["key"]), in_language(dict(v["name"]))) for v in q.get("values") or ()
            ],
        }
        for q in (service.questions if service else ())
    ]
