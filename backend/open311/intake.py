"""Reports that come in from other systems: checked as the standard says, taken in as any other."""

from dataclasses import replace
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from backend.accounts.queries import Partner
from backend.city import queries as city
from backend.city.facts import ServiceFacts
from backend.core.i18n import _, current_language, ngettext
from backend.media.develop import DevelopedPhoto
from backend.media.service import keep
from backend.open311.answering import Refused, is_test
from backend.open311.catalogue import find_service
from backend.open311.moments import read_moment, written
from backend.open311.receipts import known_receipt, new_token, sender_id, write_receipt
from backend.open311.sent import Sent
from backend.open311.ways import way_of
from backend.reports.service import Contact, NewReport, Submitted, source_of, submit_report

LONGEST = 4000
LISTS = ("singlevaluelist", "multivaluelist")
NO_PLACE = "#NOTPINPOINTED#"
REPORT = "report"


def take_in(
    session: Session, partner: Partner, sent: Sent, photos: list[DevelopedPhoto]
) -> dict[str, Any]:
    """Take a report in, once for each of the sender's ids; what the sender is told."""
    sender, told = partner.actor.public_id or "", sender_id(sent)
    known = known_receipt(session, sender, REPORT, told)
    if known is not None:
        return _answer(known.report, known.token, "")
    service = _service(session, sent)
    new = _new_report(session, partner, sent, service, told)
    kept = [] if is_test() else [keep(session, partner.actor, photo) for photo in photos]
    done = submit_report(session, partner.actor, replace(new, photos=kept))
    token = new_token() if way_of(session, service.code) == "batch" else None
    write_receipt(session, sender, REPORT, told, report=done.public_id, token=token)
    return _answer(done.public_id, token, _notice(done, service))


def _answer(report: str | None, token: str | None, notice: str) -> dict[str, Any]:
    """Either the id or the token, never both."""
    found: dict[str, Any] = {"token": token} if token else {"service_request_id": report}
    return found | {"service_notice": notice, "account_id": ""}


def _notice(done: Submitted, service: ServiceFacts) -> str:
    words = [done.emergency["message"]] if done.emergency else []
    if service.working_days:
        words.append(
            ngettext(
                "The city deals with this within %(num)d working day.",
                "The city deals with this within %(num)d working days.",
                service.working_days,
            )
        )
    return " ".join(words)


def _service(session: Session, sent: Sent) -> ServiceFacts:
    code = sent.one("service_code")
    if code is None:
        raise Refused(400, _("service_code was not provided."))
    service = find_service(session, code)
    if service is None:
        raise Refused(404, _("service_code %(code)s not found.", code=code[:80]))
    return service


def _new_report(
    session: Session, partner: Partner, sent: Sent, service: ServiceFacts, told: str | None
) -> NewReport:
    place, address = _place(sent, service)
    answers, unasked = _answers(sent, service, city.facts(session).time_zone)
    text = sent.one("description") or ""
    if len(text) > LONGEST:
        raise Refused(400, _("description may have 4,000 characters at most."))
    contact = _contact(sent, follows=told is None)
    return NewReport(
        text=text or service.name(current_language()),
        kind="complaint" if "complaint" in service.kinds else service.kinds[0],
        service=service.code,
        place=place,
        address=address,
        answers=answers,
        unasked=unasked,
        language=current_language() if request.headers.get("Accept-Language") else None,
        channel="open311",
        contact=contact,
        source=source_of(partner.actor),
        source_id=told,
    )


def _place(sent: Sent, service: ServiceFacts) -> tuple[tuple[float, float] | None, str | None]:
    lat, lon = sent.one("lat"), sent.one("long", "lon", "lng")
    address_id = sent.one("address_id")
    address = sent.one("address_string", "address")
    if address is None and address_id and address_id != NO_PLACE:
        address = address_id
    if (lat is None) != (lon is None):
        raise Refused(400, _("Give lat and long together."))
    if lat is None and address is None and service.place != "none":
        raise Refused(
            400, _("A location is required: lat and long, or address_string, or address_id.")
        )
    address = " ".join(address.split())[:300] if address else None
    if lat is None or lon is None:
        return None, address
    point = _degrees("long", lon, 180), _degrees("lat", lat, 90)
    if point == (0.0, 0.0):
        raise Refused(400, _("lat and long are both 0. Send the place, or the address alone."))
    return point, address


def _degrees(name: str, text: str, most: int) -> float:
    try:
        value = float(text[:40])
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise Refused(
            400, _("%(name)s is a number of degrees from -%(n)d to %(n)d.", name=name, n=most)
        )
    return value


def _answers(sent: Sent, service: ServiceFacts, zone: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers to the service's questions, and what the sender tells beside them."""
    told, asked = sent.attributes(), {str(q["code"]): q for q in service.questions}
    missing = [
        code
        for code, question in asked.items()
        if question.get("required") and not question.get("when") and code not in told
    ]
    if missing:
        # The code stands first in every language: clients look for it.
        raise Refused(400, *(f"{code} required" for code in missing))
    answers = {
        code: _value(values, str(asked[code]["datatype"]), zone)
        for code, values in told.items()
        if code in asked
    }
    unasked: dict[str, Any] = {c: v for c, v in told.items() if c not in asked}
    if urls := sent.many("media_url", "media_url[]"):
        unasked["media_url"] = urls[:10]  # kept as text; nothing foreign is fetched
    return answers, unasked


def _value(values: list[str], datatype: str, zone: str) -> Any:
    if datatype in LISTS:
        return values
    if datatype == "datetime":
        try:
            return written(read_moment(values[0], zone))
        except (ValueError, OverflowError):
            return values[0]  # refused by name with the other answers
    return values[0]


def _contact(sent: Sent, *, follows: bool) -> Contact | None:
    """How the reporter may be reached; who sends an id of its own brings the news itself."""
    parts = [part for part in (sent.one("first_name"), sent.one("last_name")) if part != "-"]
    name = " ".join(part for part in parts if part)[:120] or None
    email, phone = sent.one("email"), sent.one("phone")
    if not (name or email or phone):
        return None
    return Contact(name, email, phone[:40] if phone else None, wants_news=follows)
