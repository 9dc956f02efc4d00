"""Taking a report in: checked, placed, and written with its history and its job in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from backend.accounts.contacts import normal_email
from backend.city.calendar import add_working_time
from backend.city.facts import ServiceFacts
from backend.classification.queries import domain_of
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.i18n import _
from backend.core.ids import hash_secret, new_public_id, new_secret
from backend.core.jobs import Job
from backend.core.ledger import START, LedgerEntry, new_entry
from backend.core.policy import authorise
from backend.core.problems import Invalid
from backend.media.queries import PhotoInfo
from backend.media.service import attach
from backend.reports.models import CHANNELS, KINDS, Report, ReportContact, TallyChange, table_of
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.detail import STREAM
from backend.reports.render import item, rendered
from backend.reports.service.answers import check_answers
from backend.reports.service.record import cells, counted, named
from backend.reports.service.writing import write_together
from backend.reports.status import FIRST, is_open, what_the_reporter_reads

ARRIVED = "reports.arrived"
STAFF_CHANNELS = frozenset({"phone", "desk", "mail"})
CONTACT_PURPOSE = "report contact"


@dataclass(frozen=True, slots=True)
class Contact:
    """How a reporter may be reached."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    wants_news: bool = True


@dataclass(frozen=True, slots=True)
class NewReport:
    """What somebody sends in."""

    text: str
    kind: str = "complaint"
    service: str | None = None
    place: tuple[float, float] | None = None
    address: str | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    language: str | None = None
    client_time: datetime | None = None
    visibility: str = "public"
    channel: str = "web"
    contact: Contact | None = None
    photos: Sequence[str | PhotoInfo] = ()
    source: str | None = None
    source_id: str | None = None
    unasked: Mapping[str, Any] | None = None
    """What a partner's system tells beside the answers; staff and the reporter read it."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """What the sender is told."""

    public_id: str
    version: int
    return_secret: str | None
    emergency: dict[str, str] | None
    item: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The answer as the API writes it."""
        link = f"/returns/{self.return_secret}" if self.return_secret else None
        return self.item | {
            "version": self.version,
            "status_text": what_the_reporter_reads(self.item["status"]),
            "return_secret": self.return_secret,
            "return_link": link,
            "emergency": self.emergency,
        }


def submit_report(
    session: Session, actor: Actor, new: NewReport, *, on_behalf: bool = False
) -> Submitted:
    """Take in a report: durable with its history and its job once this transaction is."""
    authorise(actor, "report.submit_on_behalf" if on_behalf else "report.submit")
    known = lookup(session)
    service = _service(known, new)
    place = _placed(known, service, new)
    answers = check_answers(service.questions if service else (), new.answers, new.unasked)
    secret = new_secret() if actor.account_id is None or on_behalf else None
    values = _values(actor, new, known, service, on_behalf=on_behalf) | place
    values["answers"] = answers or None
    values["return_hash"] = hash_secret(secret) if secret else None
    values |= _photo_values(new)
    _write(session, values, known, _contact_values(new, values, secret), _by(actor, on_behalf))
    photo_ids = [_photo_id(photo) for photo in new.photos]
    attach(
        session, photo_ids, "report", values["public_id"], public=values["visibility"] == "public"
    )
    return Submitted(
        values["public_id"], 1, secret, emergency_notice(known, new.text), item(values, known)
    )


def _by(actor: Actor, on_behalf: bool) -> str:
    return actor.key if on_behalf else named(actor, "reporter")


def emergency_notice(known: Lookup, text: str) -> dict[str, str] | None:
    """The emergency number with its sentence, when a text holds words of danger to life."""
    word = known.facts.danger.found_in(text)
    if word is None:
        return None
    from backend.core.i18n import in_language

    told = known.facts.profile.get("emergency") or {}
    number = str(told.get("number") or "112")
    message = in_language(dict(told.get("message") or {})) or _(
        "Is anyone in danger right now? Call %(number)s first.", number=number
    )
    return {"number": number, "message": message, "word": word}


def _service(known: Lookup, new: NewReport) -> ServiceFacts | None:
    errors: dict[str, object] = {}
    if new.kind not in KINDS:
        errors["kind"] = _("Choose complaint, question, suggestion or praise.")
    if new.channel not in CHANNELS:
        errors["channel"] = _("There is no such channel.")
    if new.visibility not in ("public", "private"):
        errors["visibility"] = _("Choose public or private.")
    service = known.services_by_code.get(new.service) if new.service else None
    if new.service and (service is None or service.retired):
        errors["service"] = _("The city does not offer this service. Choose another, or none.")
    elif service and new.kind not in service.kinds:
        errors["kind"] = _("This service does not take reports of this kind.")
    if service and service.photo == "required" and not new.photos:
        errors["photos"] = _("Add a photo: the department needs to see it.")
    if not new.text.strip():
        errors["text"] = _("Tell the city in a few words what it is about.")
    if errors:
        raise Invalid(errors=errors)
    return service


def _placed(known: Lookup, service: ServiceFacts | None, new: NewReport) -> dict[str, Any]:
    address = (new.address or "").strip()[:300] or None
    if new.place is None:
        if service and service.place == "required" and not address:
            raise Invalid(errors={"place": _("Show on the map where it is, or give the address.")})
        kind = "address" if address else "none"
        return _place_values(kind, None, address, None)
    found = known.facts.ground.check(*new.place)
    if not found.inside:
        _refuse_outside(known, found)
    return _place_values("point", new.place, address, found.district_id)


def _place_values(
    kind: str, place: tuple[float, float] | None, address: str | None, district_id: int | None
) -> dict[str, Any]:
    lon, lat = (round(place[0], 6), round(place[1], 6)) if place else (None, None)
    values: dict[str, Any] = {"place": kind, "lon": lon, "lat": lat, "address": address}
    return values | {"district_id": district_id} | cells(lon, lat)


def _refuse_outside(known: Lookup, found: Any) -> None:
    city_name = known.facts.name() or _("the city")
    if found.axes_swapped:
        message = _("Longitude and latitude seem to be swapped. Longitude comes first.")
    else:
        message = _(
            "This place lies outside %(city)s, so its city hall cannot act there. "
            "Move the mark to the nearest place inside.",
            city=city_name,
        )
    nearest = None
    if found.nearest:
        lon, lat = (round(n, 6) for n in found.nearest)
        nearest = {"type": "Point", "coordinates": [lon, lat]}
    raise Invalid(message, errors={"place": message}, extra={"nearest_place": nearest})


def _values(
    actor: Actor, new: NewReport, known: Lookup, service: ServiceFacts | None, *, on_behalf: bool
) -> dict[str, Any]:
    now = utcnow()
    visibility = "confidential" if service and service.confidential else new.visibility
    component = service.component if service else None
    return {
        "public_id": new_public_id(),
        "version": 1,
        "kind": new.kind,
        "status": FIRST,
        "visibility": visibility,
        "channel": new.channel,
        "created_at": now,
        "updated_at": now,
        "closed_at": None,
        "client_time": new.client_time,
        "due_at": deadline(known, service, now),
        "service_id": service.id if service else None,
        "domain": domain_of(component) if component else None,
        "component": component,
        "placed_by": "service" if component else None,
        "unsure": False,
        "department_id": service.department_id if service else None,
        "assignee_id": None,
        "reporter_id": None if on_behalf else actor.account_id,
        "text": new.text,
        "summary": None,
        "judged_by": "text",
        "language": new.language,
        "status_reason": None,
        "hidden_reason": None,
        "forwarded_to": None,
        "duplicate_of_id": None,
        "confirmations": 0,
        "updates": 0,
        "source": new.source,
        "source_id": new.source_id,
    }


def deadline(known: Lookup, service: ServiceFacts | None, start: datetime) -> datetime | None:
    """When a report to a service should be done, in working days of its department."""
    if service is None or service.working_days is None:
        return None
    department = known.departments.get(service.department_id or 0)
    calendar = department.calendar if department else known.facts.calendar
    return add_working_time(calendar, start, days=service.working_days)


def _photo_id(photo: str | PhotoInfo) -> str:
    return photo if isinstance(photo, str) else photo.public_id


def _photo_values(new: NewReport) -> dict[str, Any]:
    first = _photo_id(new.photos[0]) if new.photos else None
    return {"photos": len(new.photos), "photo": first}


def _contact_values(
    new: NewReport, values: Mapping[str, Any], secret: str | None
) -> dict[str, Any] | None:
    contact = new.contact
    if contact is None or not (contact.name or contact.email or contact.phone):
        return None
    stored = contact_values(contact, new.language, values["created_at"])
    # Letters carry the link; the table of reports holds no more than its hash.
    return stored | {"return_secret": secret}


def contact_values(contact: Contact, language: str | None, at: datetime) -> dict[str, Any]:
    """A contact as it is stored: sealed, with keyed hashes to find it by."""
    ring = keyring()
    email = normal_email(contact.email) if contact.email else None
    phone = "".join(c for c in contact.phone if c.isdigit() or c == "+") if contact.phone else None
    return {
        "name": contact.name,
        "email": email,
        "phone": contact.phone,
        "email_mac": ring.mac(email, CONTACT_PURPOSE) if email else None,
        "phone_mac": ring.mac(phone, CONTACT_PURPOSE) if phone else None,
        "language": language,
        "wants_news": contact.wants_news,
        "created_at": at,
    }


def first_entry(values: Mapping[str, Any], by: str) -> dict[str, Any]:
    """The first entry of a report's history: what was sent."""
    told = ("kind", "channel", "visibility", "text", "lon", "lat", "address", "language", "source",
            "source_id", "service_id")  # fmt: skip
    payload = {key: values[key] for key in told if values.get(key) is not None}
    payload["status"] = values["status"]
    return new_entry(
        START, STREAM, values["public_id"], "submitted", by, payload, values["created_at"]
    )


def _write(
    session: Session,
    values: dict[str, Any],
    known: Lookup,
    contact: dict[str, Any] | None,
    by: str,
) -> None:
    now = values["created_at"]
    values["row"] = rendered(values, known)
    job = {
        "name": ARRIVED, "key": None, "payload": {"id": values["public_id"]}, "state": "waiting",
        "run_at": now, "attempts": 0, "created_at": now,
    }  # fmt: skip
    rows: list[tuple[Table, dict[str, Any]]] = [
        (table_of(LedgerEntry), first_entry(values, by)),
        (table_of(Job), job),
    ]
    on_map = counted(values)
    if on_map is not None:
        rows.append((table_of(TallyChange), on_map | {"number": 1}))
    if contact is not None:
        rows.append((table_of(ReportContact), contact))
    write_together(session, (table_of(Report), values), rows, "report_id")


__all__ = [
    "Contact",
    "NewReport",
    "Submitted",
    "deadline",
    "emergency_notice",
    "is_open",
    "submit_report",
]
