"""A small invented city with which strangers' clients and validators can be tried at once.

Real ones have test data wired in (a service of Chicago's, a code of Rostock's, a count of
services); this city has them all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.service import keep_known_key
from backend.city.service import PlainCity, found_city
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.open311.receipts import report_of_token, write_receipt
from backend.open311.ways import set_way, way_of
from backend.reports.queries.listing import has_source
from backend.reports.service import NewReport, set_visibility, submit_report
from backend.reports.service.lives import LifeStep, ReportLife, record_lives

KEY = "testkey"
JURISDICTION = "city.example"
SOURCE = "open311-fixture"
TOKEN = "123"  # noqa: S105 - a token that a validator asks for
VEHICLE = "4ffa4c69601827691b000018"
COLOURS = {
    "CRM": "Cream", "BLK": "Black", "BLU": "Blue", "BRO": "Brown", "GRN": "Green",
    "SIL": "Silver", "YEL": "Yellow",
}  # fmt: skip


def _question(
    code: str,
    datatype: str,
    text: str,
    *,
    required: bool = False,
    values: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "code": code,
        "datatype": datatype,
        "required": required,
        "text": {"en": text},
        "help": {},
        "values": [{"key": k, "name": {"en": n}} for k, n in (values or {}).items()],
        "when": None,
    }


_VEHICLE = [
    _question("HOWMANYD", "number", "How many days has the vehicle stood there?", required=True),
    _question("FQSKA3", "singlevaluelist", "What colour is the vehicle?", values=COLOURS),
    _question("FQSKA4", "string", "What is on the licence plate?"),
    _question("FQSKA11", "string", "Make and model?"),
]
_EVERYTHING = [
    _question("title", "string", "A title in a few words"),
    _question("depth", "number", "How deep is it, in centimetres?"),
    _question("seen", "datetime", "When did you see it?"),
    _question("more", "text", "Anything else that helps?"),
    _question("size", "singlevaluelist", "How large is it?", values={"s": "Small", "l": "Large"}),
    _question(
        "who", "multivaluelist", "Who is in danger?",
        values={"foot": "People on foot", "bike": "Cyclists", "car": "Drivers"},
    ),
]  # fmt: skip


def _service(
    code: str, name: str, description: str, group: str, questions: list[Any] | None = None
) -> dict[str, Any]:
    return {
        "code": code,
        "name": {"en": name},
        "description": {"en": description},
        "group_code": group,
        "department": "works" if group != "green" else "parks",
        "keywords": {"en": [word.lower() for word in name.split()]},
        "questions": questions or [],
        "working_days": 5,
    }


SERVICES = (
    _service(VEHICLE, "Abandoned Vehicle", "A vehicle that nobody moves", "street", _VEHICLE),
    _service("18", "Pothole", "A hole in the road", "street", _EVERYTHING),
    _service("006", "Street Light Out", "A lamp that stays dark", "light"),
    _service("001", "Graffiti", "Paint where it does not belong", "street"),
    _service("002", "Illegal Dumping", "Waste left in the open", "waste"),
    _service("003", "Missed Collection", "A bin that was not emptied", "waste"),
    _service("004", "Overflowing Bin", "A public bin that is full", "waste"),
    _service("005", "Fallen Tree", "A tree or branch on the ground", "green"),
    _service("007", "Playground Damage", "Play equipment that is broken", "green"),
    _service("008", "Blocked Drain", "Water that does not run off", "street"),
    _service("009", "Traffic Sign Damaged", "A sign that is bent or gone", "street"),
    _service("010", "Traffic Signal Out", "A signal that does not work", "light"),
    _service("011", "Dead Animal", "An animal to be taken away", "green"),
    _service("012", "Other Request", "Anything else", "street"),
    _service("900", "Confidential Request", "Never offered outside", "street")
    | {"confidential": True},
)


def _city() -> PlainCity:
    groups = (("street", "Street"), ("light", "Lighting"), ("waste", "Waste"), ("green", "Green"))
    return PlainCity(
        slug=SOURCE,
        time_zone="UTC",
        profile={
            "name": {"en": "City Example"},
            "languages": ["en"],
            "jurisdiction": JURISDICTION,
            "contact": {"name": "City Example", "email": "open311@city.example"},
        },
        departments=(
            {"code": "works", "name": {"en": "Public Works"}},
            {"code": "parks", "name": {"en": "Parks"}},
        ),
        groups=tuple({"code": code, "name": {"en": name}} for code, name in groups),
        services=SERVICES,
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """A report of the fixture: hours since it was sent, and what came of it."""

    service: str
    text: str
    address: str
    place: tuple[float, float]
    hours: float
    steps: tuple[tuple[float, str, str], ...] = ()
    answers: tuple[tuple[str, Any], ...] = ()


_REPORTS = (
    _Told("006", "The lamp in front of the library is dark.", "12 Library Square",
          (12.135901, 54.086702), 3, ((1, "in_progress", "A crew is on its way."),)),
    _Told("18", "Tiefes Loch auf der Straße vor dem Café „Zur Brücke“ – Vorsicht! 🚧",
          "Große Straße 5, Älmhult", (12.100457, 54.091223), 8, (),
          (("size", "l"), ("who", ["foot", "bike"]))),
    _Told("001", "Graffiti on the wall of the school.", "3 School Lane",
          (-87.630231, 41.883637), 30, ((20, "planned", "Planned for next week."),)),
    _Told("002", "Mattress & broken <wood> next to the glass bank.", "41 Harbour Road",
          (-82.413912, 28.058734), 52),
    _Told(VEHICLE, "A car without plates.", "7 Mill Street", (-87.633765, 41.881991), 75,
          (), (("HOWMANYD", 12), ("FQSKA3", "BLU"))),
    _Told("003", "The bin has not been emptied.", "19 Elm Street", (12.141122, 54.079912), 90,
          ((60, "assigned", ""), (40, "resolved", "Emptied this morning."))),
    _Told("005", "A branch blocks the path.", "Riverside Park", (12.127455, 54.095521), 200,
          ((190, "resolved", "The branch has been removed."),)),
    _Told("008", "The drain is blocked with leaves.", "22 Hill Street", (12.119934, 54.083311),
          400, ((380, "no_action", "The drain belongs to the private house."),)),
    _Told("009", "The stop sign is bent.", "Corner of Oak and Main", (12.131212, 54.088834), 700,
          ((600, "not_ours", "The state's road office looks after this road."),)),
    _Told("007", "The swing is broken.", "Play Street 1", (12.110203, 54.090912), 1500),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Laid:
    """What the fixture has laid out."""

    reports: int
    services: int


def lay_fixture(session: Session) -> Laid:
    """Found the invented city with its key and its reports; again, it adds nothing."""
    found_city(session, SYSTEM, _city())
    keep_known_key(session, SYSTEM, "Open311 fixture", KEY)
    if way_of(session, VEHICLE) != "batch":
        set_way(session, VEHICLE, "batch")
    session.commit()
    offered = sum(1 for service in SERVICES if not service.get("confidential"))
    if has_source(session, SOURCE):
        return Laid(0, offered)
    now = utcnow().replace(microsecond=0)
    added = record_lives(session, SYSTEM, _lives(now), source=SOURCE).added
    added += _unseen(session) + _token(session)
    session.commit()
    return Laid(added, offered)


def _lives(now: datetime) -> Iterator[ReportLife]:
    names = {str(s["code"]): str(s["name"]["en"]) for s in SERVICES}
    for number, told in enumerate(reversed(_REPORTS), start=1):
        made = now - timedelta(hours=told.hours)
        steps = tuple(
            LifeStep(now - timedelta(hours=hours), status, text)
            for hours, status, text in told.steps
        )
        last = steps[-1] if steps else None
        yield ReportLife(
            source_id=str(number),
            text=told.text,
            type=names[told.service],
            status=last.status if last else "received",
            created_at=made,
            updated_at=last.at if last else made,
            closed_at=last.at if last else None,
            place=told.place,
            address=told.address,
            language="de" if "Straße" in told.text else "en",
            reason=last.text if last else None,
            channel="open311",
            answers=dict(told.answers),
            steps=steps,
        )


def _unseen(session: Session) -> int:
    """Reports that no answer may ever hold."""
    for number, (visibility, service) in enumerate(
        (("hidden", "012"), ("confidential", "900"), ("private", "012")), start=1
    ):
        new = NewReport(
            f"UNSEEN {visibility}: this must never appear in any answer.",
            service=service,
            place=(12.13, 54.08),
            address="Unseen Street 1",
            channel="open311",
            visibility="private" if visibility == "private" else "public",
            source=SOURCE,
            source_id=f"unseen-{number}",
        )
        done = submit_report(session, SYSTEM, new, on_behalf=True)
        if visibility == "hidden":
            set_visibility(session, SYSTEM, done.public_id, "hidden", "Names a neighbour.")
    return 3


def _token(session: Session) -> int:
    if report_of_token(session, TOKEN) is not None:
        return 0
    new = NewReport(
        "A van with flat tyres.",
        service=VEHICLE,
        place=(-87.644237, 41.889139),
        address="88 Canal Street",
        answers={"HOWMANYD": 3},
        channel="open311",
        source=SOURCE,
        source_id="token-123",
    )
    done = submit_report(session, SYSTEM, new, on_behalf=True)
    write_receipt(session, SOURCE, "report", None, report=done.public_id, token=TOKEN)
    return 1
