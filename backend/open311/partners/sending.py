"""Sending a report to its partner: once, whatever the line does.

Nothing of the database is held while the partner is asked. When no answer came, the report may
have arrived: before it is sent again it is looked for in the partner's list, where the link in its
description gives it away. It bears the same mark at every try, by which careful partners know it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.city.queries import facts
from backend.core.clock import utcnow
from backend.core.db import reading
from backend.core.jobs import enqueue
from backend.core.problems import Problem
from backend.open311.moments import written
from backend.open311.partners import queries
from backend.open311.partners.models import Dispatch, OutsidePartner
from backend.open311.partners.peer import Peer, PeerError, code_in_path, requests_of
from backend.open311.partners.sheet import Sheet, notice_of_sending, sheet_of
from backend.reports.naming import lookup
from backend.reports.queries.detail import find_row
from backend.reports.service import add_note, assign, read_contact

SEND = "open311.dispatch"
WAITS = tuple(
    timedelta(seconds=s)
    for s in (30, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400, 86_400)
)
RESTS_AFTER = 3
MOST_REST = timedelta(minutes=30)
LOOKED_BACK = timedelta(minutes=15)
LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Parcel:
    """A report that is due, with everything that sending it needs."""

    row: Any
    partner: Any
    peer: Peer = field(repr=False)
    sheet: Sheet = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known after a try."""

    state: str
    remote_id: str | None = None
    token: str | None = None
    error: PeerError | None = None


def send_later(session: Session, dispatch_id: str, round_: int, at: datetime) -> None:
    """Ask for the next try, once."""
    payload = {"dispatch": dispatch_id, "round": round_}
    enqueue(session, SEND, payload, run_at=at, key=f"dispatch:{dispatch_id}:{round_}")


def send(session: Session, dispatch_id: str, round_: int) -> None:
    """Try one report: send it, or find out what became of the last try."""
    try:
        with reading():
            row, partner = _due(session, dispatch_id, round_)
            rests = partner.rests_until if partner is not None else None
            session.rollback()
        if row is None:
            return
        if rests is not None and rests > utcnow():
            _again(session, row, rests, tried=0)
            return
        contact = _contact(session, row, partner)
        with reading():
            parcel = Parcel(
                row, partner, queries.peer_of(session, partner),
                sheet_of(session, partner, row.report, contact),
            )  # fmt: skip
            session.rollback()
    except PeerError as error:
        session.rollback()
        if error.kind == "not_read" and row.tries < len(WAITS):
            _again(session, row, _next(row, None), error=error.kind)
            return
        _end(session, row, "given_up" if error.kind == "not_sendable" else "stuck", error)
        return
    outcome = _tried(parcel)
    _write(session, parcel, outcome)


def _due(session: Session, dispatch_id: str, round_: int) -> tuple[Any, Any]:
    row = queries.find_dispatch(session, dispatch_id)
    if row is None or row.round != round_ or row.state not in ("waiting", "unclear", "token"):
        return None, None
    partner = queries.partner_by_key(session, row.partner_id)
    return (row, partner) if partner.state == "active" else (None, None)


def _contact(session: Session, row: Any, partner: Any) -> Mapping[str, Any] | None:
    """How the reporter may be reached, where the city agreed to tell; that it was read is kept."""
    if not partner.sends_contact or row.state == "token":
        return None
    try:
        found = read_contact(session, queries.acting_for(partner), row.report)
    except Problem:
        session.rollback()
        return None
    session.commit()
    return found


def _tried(parcel: Parcel) -> Outcome:
    row, peer = parcel.row, parcel.peer
    try:
        if row.state == "token":
            return _asked_token(peer, row.token)
        if row.state == "unclear":
            found = looked_up(peer, parcel.sheet.code, row.report, row.created_at)
            if found is not None:
                return Outcome("sent", remote_id=found)
        return _sent(peer, parcel)
    except PeerError as error:
        if row.state == "token":
            return Outcome("token", token=row.token, error=error)
        # A question that was never heard changes nothing of what is known.
        unclear = error.unclear or row.state == "unclear"
        return Outcome("unclear" if unclear else "waiting", error=error)


def _sent(peer: Peer, parcel: Parcel) -> Outcome:
    answer = requests_of(
        peer.send(
            "requests", "service_requests", parcel.sheet.fields, files=parcel.sheet.files(),
            mark=parcel.row.report,
        )
    )  # fmt: skip
    first = answer[0] if answer else {}
    remote_id = str(first.get("service_request_id") or "").strip()[:LONGEST_ID]
    token = str(first.get("token") or "").strip()[:LONGEST_ID]
    if remote_id:
        return Outcome("sent", remote_id=remote_id)
    if token:
        return Outcome("token", token=token)
    raise PeerError("unreadable", "neither a number nor a token", unclear=True)


def _asked_token(peer: Peer, token: str) -> Outcome:
    found = requests_of(peer.read(f"tokens/{code_in_path(token)}", "service_requests"))
    remote_id = str((found[0] if found else {}).get("service_request_id") or "").strip()
    if remote_id:
        return Outcome("sent", remote_id=remote_id[:LONGEST_ID])
    return Outcome("token", token=token)


def looked_up(peer: Peer, code: str, report: str, since: datetime) -> str | None:
    """The partner's number of a report that may have arrived: its description names ours."""
    span = [
        ("service_code", code),
        ("start_date", written(since - LOOKED_BACK)),
        ("end_date", written(utcnow() + LOOKED_BACK)),
    ]
    try:
        listed = requests_of(peer.read("requests", "service_requests", span))
    except PeerError as error:
        if error.kind == "refused":
            raise PeerError("outcome_unknown", error.detail) from error
        raise
    for one in listed:
        if report in str(one.get("description") or ""):
            return str(one.get("service_request_id") or "")[:LONGEST_ID] or None
    return None


def _write(session: Session, parcel: Parcel, outcome: Outcome) -> None:
    """Note what is known, and what follows from it."""
    row, error = parcel.row, outcome.error
    _stand(session, parcel.partner, error)
    if outcome.state == "sent":
        _arrived(session, parcel, outcome.remote_id)
    elif outcome.state == "token" and error is None:
        if row.tries >= len(WAITS):
            _end(session, row, "stuck", PeerError("no_token"))
        else:
            _again(session, row, _next(row, 2 if row.state != "token" else 0), state="token",
                   token=outcome.token, code=parcel.sheet.code)  # fmt: skip
    elif error is not None and (error.is_final or error.kind == "outcome_unknown"):
        _end(session, row, "stuck", error)
    elif row.tries >= len(WAITS):
        _end(session, row, "stuck", error or PeerError("no_answer"))
    else:
        at = _next(row, error.wait if error is not None else None)
        why: dict[str, Any] = {}
        if error is not None:
            why = {"error": error.kind, "detail": error.detail or None}
        _again(session, row, at, state=outcome.state, code=parcel.sheet.code, **why)


def _next(row: Any, wait: float | None) -> datetime:
    if wait is not None and row.tries < 3:
        return utcnow() + timedelta(seconds=max(wait, 2))
    step: int = min(row.tries, len(WAITS) - 1)
    return utcnow() + WAITS[step]


def _again(session: Session, row: Any, at: datetime, *, tried: int = 1, **values: Any) -> None:
    _change(session, row, round=row.round + 1, tries=row.tries + tried, due_at=at, **values)
    send_later(session, row.public_id, row.round + 1, at)


def _end(session: Session, row: Any, state: str, error: PeerError) -> None:
    _change(session, row, state=state, error=error.kind, detail=error.detail or None,
            done_at=utcnow(), tries=row.tries + 1)  # fmt: skip


def _change(session: Session, row: Any, **values: Any) -> None:
    session.execute(
        update(Dispatch)
        .where(Dispatch.id == row.id, Dispatch.round == row.round)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _arrived(session: Session, parcel: Parcel, remote_id: str | None) -> None:
    """Keep the partner's number; its updates since the report was made are read (again)."""
    row, partner = parcel.row, parcel.partner
    _change(session, row, state="sent", remote_id=remote_id, error=None, detail=None,
            done_at=utcnow(), tries=row.tries + 1, code=parcel.sheet.code)  # fmt: skip
    if row.state != "waiting":
        session.execute(
            update(OutsidePartner)
            .where(OutsidePartner.id == partner.id, OutsidePartner.asked_until > row.created_at)
            .values(asked_until=row.created_at)
            .execution_options(synchronize_session=False)
        )
    _tell_colleagues(session, partner, row.report, remote_id)


def _tell_colleagues(session: Session, partner: Any, report: str, remote_id: str | None) -> None:
    """Note the number where colleagues read it, and that the report is with the department."""
    actor, language = queries.acting_for(partner), facts(session).languages[0]
    try:
        with session.begin_nested():
            found = find_row(session, report)
            if found is not None and found.status in ("received", "triaged", "reopened"):
                code = lookup(session).department_code(partner.department_id)
                assign(session, actor, report, department=code, assignee_id=found.assignee_id)
            add_note(session, actor, report, notice_of_sending(partner.name, remote_id, language))
    except Problem:
        return  # passed on to another department in the meantime; it arrived all the same


def _stand(session: Session, partner: Any, error: PeerError | None) -> None:
    """How the partner stands after a try: after some failures in a row it rests."""
    if error is None or error.kind in ("refused", "outcome_unknown"):
        if partner.failures:
            stand(session, partner.id, failures=0, rests_until=None, failing_since=None,
                  error=None, detail=None)  # fmt: skip
        return
    now, failures = utcnow(), partner.failures + 1
    rest = None
    if failures >= RESTS_AFTER:
        rest = now + min(timedelta(seconds=15 * 2 ** min(failures - RESTS_AFTER, 10)), MOST_REST)
    stand(session, partner.id, failures=failures, rests_until=rest, error=error.kind,
          detail=error.detail or None, failing_since=partner.failing_since or now)  # fmt: skip


def stand(session: Session, partner_id: int, **values: Any) -> None:
    """Write how a partner stands."""
    session.execute(
        update(OutsidePartner)
        .where(OutsidePartner.id == partner_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
