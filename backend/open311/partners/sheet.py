"""A report as the form that a partner's endpoint asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.i18n import _, force_locale, in_language
from backend.core.settings import current_settings
from backend.media.queries import PhotoInfo, photos_of, read_bytes
from backend.open311.partners.models import PartnerMapping, PartnerService
from backend.open311.partners.peer import PeerError
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.detail import find_row

LONGEST = 4000
MOST_PHOTOS = 5
OWN_ID = "external_id"
NOT_SENT = frozenset({"withdrawn", "duplicate"})
SENDABLE = frozenset({"public", "private"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is sent: fields in order, photos, and under which of the partner's services."""

    code: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    photos: tuple[PhotoInfo, ...] = ()

    def files(self) -> list[tuple[str, bytes]]:
        """The photos as parts of a form."""
        sized = ((p, "large" if "large" in p.sizes else next(iter(p.sizes))) for p in self.photos)
        found = ((photo, read_bytes(photo, size)) for photo, size in sized)
        return [("media", data) for _photo, data in found if data]


def sheet_of(
    session: Session, partner: Any, report: str, contact: Mapping[str, Any] | None
) -> Sheet:
    """Fill in the form; PeerError says what stands in the way."""
    row = find_row(session, report)
    if row is None or row.visibility not in SENDABLE or row.status in NOT_SENT:
        raise PeerError("not_sendable")
    known = lookup(session)
    mapping, code = _service(session, partner, row, known)
    if row.lon is None and not row.address:
        raise PeerError("no_place")
    fields = [("service_code", code), *_place(row), ("description", _description(row))]
    fields += _attributes(session, partner.id, code, row, mapping, known)
    fields.append((f"attribute[{OWN_ID}]", row.public_id))
    photos: Sequence[PhotoInfo] = ()
    if partner.photos != "none":
        found = photos_of(session, "report", [row.public_id], only_public=False)
        photos = [p for p in found.get(row.public_id, []) if not p.hidden][:MOST_PHOTOS]
    if partner.photos == "links":
        base = current_settings().base_url
        links = [p.links.get("large") or next(iter(p.links.values())) for p in photos if p.public]
        fields += [("media_url", base + link) for link in links]
        photos = ()
    return Sheet(code, (*fields, *_contact(contact)), tuple(photos))


def _place(row: Any) -> list[tuple[str, str]]:
    found = [] if row.lon is None else [("lat", repr(row.lat)), ("long", repr(row.lon))]
    return [*found, *([("address_string", row.address)] if row.address else [])]


def _description(row: Any) -> str:
    """The text, and the link by which a sent report is found again."""
    link = f"\n\n{current_settings().base_url}/reports/{row.public_id}"
    text = str(row.text or row.summary or "")
    room = LONGEST - len(link)
    return (text if len(text) <= room else text[: room - 1] + "…") + link


def _contact(contact: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if not contact:
        return []
    first, _space, last = str(contact.get("name") or "").partition(" ")
    values = {"first_name": first, "last_name": last, "email": contact.get("email"),
              "phone": contact.get("phone")}  # fmt: skip
    return [(name, str(value)) for name, value in values.items() if value]


def _service(
    session: Session, partner: Any, row: Any, known: Lookup
) -> tuple[Mapping[str, Any], str]:
    """The partner's service: as the operator chose, else by code, by name, or the fallback."""
    chosen = session.execute(
        select(PartnerMapping.code, PartnerMapping.answers).where(
            PartnerMapping.partner_id == partner.id, PartnerMapping.service_id == row.service_id
        )
    ).first()
    if chosen is not None:
        return chosen.answers or {}, str(chosen.code)
    ours = known.services.get(row.service_id or 0)
    offered = session.execute(
        select(PartnerService.code, PartnerService.name)
        .where(PartnerService.partner_id == partner.id)
        .order_by(PartnerService.code)
        .limit(2000)
    ).all()
    found = likely_code(ours, offered) or partner.fallback
    if not found and partner.checked_at is None:
        raise PeerError("not_read")
    if not found:
        raise PeerError("no_service", ours.code if ours else "")
    return {}, str(found)


def likely_code(ours: Any, offered: Sequence[Any]) -> str | None:
    """The partner's service of the same code, else of the same name."""
    if ours is None:
        return None
    names = {name.strip().casefold() for name in ours.names.values()}
    same = next((o.code for o in offered if o.code == ours.code), None)
    return same or next((o.code for o in offered if o.name.strip().casefold() in names), None)


def _attributes(  # noqa: PLR0917 - one report, one service, one mapping
    session: Session, partner_id: int, code: str, row: Any, mapping: Mapping[str, Any],
    known: Lookup,
) -> list[tuple[str, str]]:  # fmt: skip
    """The answers under the partner's codes; what it asks in vain is named."""
    asked = session.execute(
        select(PartnerService.attributes).where(
            PartnerService.partner_id == partner_id, PartnerService.code == code
        )
    ).scalar()
    answers, service = dict(row.answers or {}), known.services.get(row.service_id or 0)
    texts = {
        in_language(dict(q["text"]), language).strip().casefold(): str(q["code"])
        for q in (service.questions if service else ())
        for language in q["text"]
    }
    ours_by_theirs = {theirs: ours for ours, theirs in (mapping.get("attributes") or {}).items()}
    values, fixed = mapping.get("values") or {}, mapping.get("fixed") or {}
    found: list[tuple[str, str]] = []
    for attribute in asked or ():
        theirs = str(attribute.get("code") or "")
        if attribute.get("variable") is False or not theirs:
            continue
        question = str(attribute.get("description") or "").strip().casefold()
        ours = ours_by_theirs.get(theirs) or (theirs if theirs in answers else texts.get(question))
        told = answers.get(ours or "", fixed.get(theirs))
        if told in (None, "", []):
            if attribute.get("required"):
                raise PeerError("missing_answer", theirs)
            continue
        several = isinstance(told, list)
        name = f"attribute[{theirs}]" + ("[]" if several else "")
        over = values.get(ours or "") or {}
        found += [(name, str(over.get(v, v))) for v in (told if several else [told])]
    return found


def notice_of_sending(partner: str, remote_id: str | None, language: str) -> str:
    """What colleagues read in the timeline once a report has gone over."""
    with force_locale(language):
        if remote_id is None:
            return str(_("Sent to %(name)s, which gave no number.", name=partner))
        return str(_("Sent to %(name)s; its number there is %(n)s.", name=partner, n=remote_id))
