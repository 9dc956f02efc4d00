"""Looking at a partner: where its endpoint is, what it offers, what its services ask."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.db import reading
from backend.core.jobs import enqueue
from backend.core.problems import NotFound
from backend.core.settings import current_settings
from backend.open311.partners import queries
from backend.open311.partners.models import PartnerService
from backend.open311.partners.peer import Peer, PeerError, code_in_path, discovered, requests_of
from backend.open311.partners.sending import stand

CHECK = "open311.check_partner"
MOST_DEFINITIONS = 300
MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)


def check(session: Session, partner_id: str, tries: int = 0) -> None:
    """Read a partner's discovery, services and definitions; what is found replaces the former.

    Where it could not be read it is tried again; until it was read for the first time, its reports
    wait.
    """
    with reading():
        try:
            partner = queries.find_partner(session, partner_id)
        except NotFound:
            session.rollback()
            return
        peer = queries.peer_of(session, partner)
        session.rollback()
    try:
        endpoint, form = discovered(partner.url, current_settings().outward_hosts)
        known = Peer(endpoint, form, peer.jurisdiction, peer.api_key, peer.named_hosts)
        offered = _offered(known)
    except PeerError as error:
        now = utcnow()
        stand(session, partner.id, error=error.kind, detail=error.detail or None,
              failing_since=partner.failing_since or now)  # fmt: skip
        if tries < MOST_TRIES and not error.is_final:
            told = {"partner": partner_id, "tries": tries + 1}
            enqueue(session, CHECK, told, run_at=now + FIRST_WAIT * 2**tries)
        return
    session.execute(delete(PartnerService).where(PartnerService.partner_id == partner.id))
    if offered:
        now = utcnow()
        session.execute(
            insert(PartnerService),
            [one | {"partner_id": partner.id, "seen_at": now} for one in offered.values()],
        )
    stand(session, partner.id, checked_at=utcnow(), endpoint=endpoint, form=form, error=None,
          detail=None, failing_since=None, failures=0, rests_until=None)  # fmt: skip


def _offered(peer: Peer) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    asked = 0
    for one in requests_of(peer.read("services", "services"))[: queries.MOST_SERVICES]:
        code = str(one.get("service_code") or "").strip()[:200]
        if not code:
            continue
        attributes: list[Any] = []
        if one.get("metadata") and asked < MOST_DEFINITIONS:
            asked += 1
            attributes = _attributes(peer, code)
        name = " ".join(str(one.get("service_name") or code).split())[:300]
        found[code] = {"code": code, "name": name, "attributes": attributes}
    return found


def _attributes(peer: Peer, code: str) -> list[Any]:
    told = peer.read(f"services/{code_in_path(code)}", "service_definition")
    listed = told.get("attributes") if isinstance(told, dict) else None
    return requests_of(listed)[:200]
