"""Hearing from a partner: its updates are read, each is taken in once, in our own words.

A partner that does not list updates is asked for the present state of what it has of ours.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.city.queries import facts
from backend.core.clock import utcnow
from backend.core.db import insert_ignore, reading
from backend.core.fields import clean_text
from backend.core.i18n import force_locale
from backend.core.jobs import enqueue
from backend.core.problems import NotFound, Problem
from backend.open311.moments import read_moment, written
from backend.open311.partners import queries
from backend.open311.partners.models import Dispatch, PartnerUpdate
from backend.open311.partners.peer import Peer, PeerError, requests_of
from backend.open311.partners.sending import _stand, stand
from backend.open311.partners.translating import moves
from backend.reports.queries import standing_of
from backend.reports.queries.detail import find_row
from backend.reports.service import Step, change_status, post_update

FETCH = "open311.fetch"
OVERLAP = timedelta(minutes=10)
"""How far back is read again: clocks differ, and what was written last may show late."""
FIRST_LOOK = timedelta(days=2)
LONGEST_WINDOW = timedelta(days=7)
SHORTEST_WINDOW = timedelta(seconds=1)
FULL = 900
AT_ONCE = 50
POLLED = 500
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Said:
    """One update as a partner told it."""

    update_id: str
    remote_id: str
    status: str
    text: str
    at: datetime | None


def fetch(session: Session, partner_id: str) -> None:
    """Ask a partner for its news and take it in."""
    with reading():
        try:
            partner = queries.find_partner(session, partner_id)
        except NotFound:
            session.rollback()
            return
        peer, now = queries.peer_of(session, partner), utcnow()
        asked = _polled(session, partner) if partner.updates == "poll" else []
        zone = facts(session).time_zone
        session.rollback()
    if partner.state != "active" or (partner.rests_until and partner.rests_until > now):
        return
    try:
        if partner.updates == "poll":
            _take_states(session, partner, peer, asked)
            heard, more = now, False
        else:
            heard, more = _take_list(session, partner, peer, zone, now)
    except PeerError as error:
        session.rollback()
        if error.kind == "refused" and partner.updates == "unknown":
            stand(session, partner.id, updates="poll")
            _fetch_again(session, partner, now)
            return
        _stand(session, partner, error)
        return
    _stand(session, partner, None)
    stand(session, partner.id, asked_until=heard, heard_at=now,
          updates="poll" if partner.updates == "poll" else "list")  # fmt: skip
    if more:
        _fetch_again(session, partner, heard)


def _fetch_again(session: Session, partner: Any, mark: datetime) -> None:
    key = f"fetch:{partner.public_id}:again:{mark.isoformat()}"
    enqueue(session, FETCH, {"partner": partner.public_id}, key=key)


def _take_list(
    session: Session, partner: Any, peer: Peer, zone: str, now: datetime
) -> tuple[datetime, bool]:
    """Read a window of the list of updates; until when all is heard, and whether more waits.

    A list that may have been cut at its length is asked for again in a shorter window. Such a
    window ends in the past and is whole, so that the next one begins just there.
    """
    heard: datetime = partner.asked_until or max(partner.created_at, now - FIRST_LOOK)
    start = heard - OVERLAP
    span = min(now - start, LONGEST_WINDOW)
    while True:
        listed = _listed(peer, start, start + span)
        if len(listed) < FULL or span <= SHORTEST_WINDOW:
            break
        span = max(span / 2, SHORTEST_WINDOW)
    until = start + span
    said = sorted(_said(listed, zone), key=lambda one: (one.at or until, one.update_id))
    take_all(session, partner, said)
    return (now, False) if until >= now else (until + OVERLAP, True)


def _listed(peer: Peer, start: datetime, until: datetime) -> list[dict[str, Any]]:
    window = [("start_date", written(start)), ("end_date", written(until + timedelta(seconds=1)))]
    if peer.api_key:
        window.append(("api_key", peer.api_key))
    return requests_of(peer.read("servicerequestupdates", "service_request_updates", window))


def _said(listed: Sequence[dict[str, Any]], zone: str) -> Iterator[Said]:
    for one in listed:
        update_id = str(one.get("update_id") or "").strip()[:200]
        remote_id = str(one.get("service_request_id") or "").strip()[:200]
        if update_id and remote_id:
            yield Said(update_id, remote_id, str(one.get("status") or "")[:40],
                       _text(one.get("description")), _moment(one, zone))  # fmt: skip


def _text(value: Any) -> str:
    try:
        return clean_text(str(value or ""))[:LONGEST_TEXT]
    except ValueError:
        return ""


def _moment(one: dict[str, Any], zone: str) -> datetime | None:
    try:
        return read_moment(str(one.get("updated_datetime") or ""), zone)
    except (ValueError, OverflowError):
        return None


def _polled(session: Session, partner: Any) -> Sequence[Any]:
    """What of ours the partner has open, the longest unasked first."""
    return list(
        session.execute(
            select(Dispatch.id, Dispatch.remote_id, Dispatch.seen)
            .where(
                Dispatch.partner_id == partner.id,
                Dispatch.state == "sent",
                Dispatch.remote_id.is_not(None),
            )
            .order_by(Dispatch.asked_at.is_not(None), Dispatch.asked_at, Dispatch.id)
            .limit(POLLED)
        )
    )


def _take_states(session: Session, partner: Any, peer: Peer, asked: Sequence[Any]) -> None:
    """Ask for the state of some reports at a time; a change of it is taken as an update."""
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        ids = ",".join(row.remote_id for row in some)
        listed = requests_of(
            peer.read("requests", "service_requests", [("service_request_id", ids)])
        )
        by_id = {str(one.get("service_request_id") or ""): one for one in listed}
        said = []
        for row in some:
            one = by_id.get(row.remote_id)
            values: dict[str, Any] = {"asked_at": utcnow()}
            if one is not None:
                status, text = str(one.get("status") or ""), _text(one.get("status_notes"))
                mark = hashlib.sha256(f"{status}\n{text}".encode()).hexdigest()
                if mark != row.seen:
                    moment = str(one.get("updated_datetime") or "")
                    said.append(Said(f"{row.remote_id[:80]}:{moment[:40]}:{mark[:32]}",
                                     row.remote_id, status[:40], text, None))  # fmt: skip
                values["seen"] = mark
            session.execute(
                update(Dispatch)
                .where(Dispatch.id == row.id)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
        take_all(session, partner, said)


def take_all(session: Session, partner: Any, said: Sequence[Said]) -> None:
    """Take updates in, in their order; what is done is durable every now and then."""
    language = facts(session).languages[0]
    for start in range(0, len(said), AT_ONCE):
        some = said[start : start + AT_ONCE]
        ours = _ours(session, partner, some)
        with force_locale(language):
            for one in some:
                if one.remote_id in ours:
                    take(session, partner, ours[one.remote_id], one)
        session.commit()


def _ours(session: Session, partner: Any, said: Sequence[Said]) -> dict[str, Any]:
    rows = session.execute(
        select(Dispatch.id, Dispatch.report, Dispatch.remote_id).where(
            Dispatch.partner_id == partner.id, Dispatch.remote_id.in_([s.remote_id for s in said])
        )
    )
    return {row.remote_id: row for row in rows}


def take(session: Session, partner: Any, dispatch: Any, said: Said) -> bool:
    """Take one update in, unless it was before; a refused one is kept with its reason."""
    values = {
        "partner_id": partner.id, "dispatch_id": dispatch.id, "update_id": said.update_id,
        "status": said.status or None, "outcome": "taken", "why": None, "created_at": utcnow(),
    }  # fmt: skip
    if not insert_ignore(session, PartnerUpdate, values, ("partner_id", "update_id")):
        return False
    changes: dict[str, Any] = {}
    try:
        with session.begin_nested():
            changes["outcome"] = "taken" if _apply(session, partner, dispatch, said) else "nothing"
    except Problem as problem:
        changes = {"outcome": "refused", "why": f"{problem.title}: {problem.detail}"[:500]}
    session.execute(
        update(PartnerUpdate)
        .where(PartnerUpdate.partner_id == partner.id, PartnerUpdate.update_id == said.update_id)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )
    return True


def _apply(session: Session, partner: Any, dispatch: Any, said: Said) -> bool:
    actor, told = queries.acting_for(partner), False
    status = find_row(session, standing_of(session, dispatch.report).public_id).status  # type: ignore[union-attr]
    for move in moves(status, said.status, said.text, partner.name):
        step = Step(move.target, move.reason, move.forwarded_to)
        change_status(session, actor, dispatch.report, step)
        told = True
        if move.reason == said.text.strip():
            return True
    if said.text.strip():
        post_update(session, actor, dispatch.report, said.text.strip())
        told = True
    return told
