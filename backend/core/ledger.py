"""The ledger: an append-only history, hash-chained per subject, that outlives erasure.

An entry's content stands beside the chain as a salted commitment: erasing the content and its
salt leaves a chain that still verifies. Seals gather the entries of all subjects at intervals
into one chain of their own, so that a vanished subject is noticed too.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.clock import rfc3339, utcnow
from backend.core.crypto import keyring
from backend.core.db import Base, JSONDoc, UTCDateTime, intpk
from backend.core.jobs import periodic

GENESIS = "0" * 64
SETTLED = timedelta(minutes=2)
SEAL_MOST = 20_000


class LedgerEntry(Base):
    """One thing that happened to one subject."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("stream", "subject", "seq"),
        Index("ix_ledger_entry_recorded_at", "recorded_at"),
    )

    id: Mapped[intpk]
    stream: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    action: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(80))
    payload: Mapped[Any | None] = mapped_column(JSONDoc)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    commitment: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)  # server time; `at` may be history


class LedgerSeal(Base):
    """A link of the chain over all subjects: so many entries, up to this one, with this digest."""

    __tablename__ = "ledger_seal"

    id: Mapped[intpk]
    first_entry: Mapped[int] = mapped_column(BigInteger)
    last_entry: Mapped[int] = mapped_column(BigInteger)
    entries: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    signature: Mapped[str] = mapped_column(String(128))


@dataclass(frozen=True, slots=True)
class Head:
    """Where a subject's chain ends."""

    seq: int
    hash: str


START = Head(0, GENESIS)


def canonical(value: Any) -> bytes:
    """A document as bytes that are the same for everyone."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _commit(payload: Any, salt: bytes) -> str:
    return hashlib.sha256(salt + canonical(payload)).hexdigest()


def _link(  # noqa: PLR0917 - the fields of one entry, in the order that is hashed
    stream: str,
    subject: str,
    seq: int,
    at: str,
    action: str,
    actor: str,
    commitment: str,
    prev: str,
) -> str:
    return hashlib.sha256(
        canonical([stream, subject, seq, at, action, actor, commitment, prev])
    ).hexdigest()


def new_entry(  # noqa: PLR0917 - the fields of one entry
    head: Head,
    stream: str,
    subject: str,
    action: str,
    actor: str,
    payload: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The row of the entry that follows a head; for callers that insert many at once."""
    now = utcnow()
    at = at or now
    salt = os.urandom(16)
    body = dict(payload or {})
    commitment = _commit(body, salt)
    return {
        "stream": stream,
        "subject": subject,
        "seq": head.seq + 1,
        "at": at,
        "action": action,
        "actor": actor,
        "payload": body,
        "salt": salt,
        "commitment": commitment,
        "prev_hash": head.hash,
        "hash": _link(
            stream, subject, head.seq + 1, rfc3339(at), action, actor, commitment, head.hash
        ),
        "recorded_at": now,
    }


def head_of(session: Session, stream: str, subject: str) -> Head:
    """The end of a subject's chain; the caller holds the subject's lock."""
    row = session.execute(
        select(LedgerEntry.seq, LedgerEntry.hash)
        .where(LedgerEntry.stream == stream, LedgerEntry.subject == subject)
        .order_by(LedgerEntry.seq.desc())
        .limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else START


def append(  # noqa: PLR0917 - reads as a sentence: stream, subject, action, actor
    session: Session,
    stream: str,
    subject: str,
    action: str,
    actor: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
) -> None:
    """Write what happened to a subject. Lock the subject's own row first (PostgreSQL)."""
    entry = new_entry(
        head_of(session, stream, subject), stream, subject, action, actor, payload, at
    )
    session.execute(insert(LedgerEntry).values(**entry))


def entries_of(
    session: Session, stream: str, subject: str, limit: int = 500
) -> list[Mapping[str, Any]]:
    """A subject's history, oldest first."""
    columns = (
        LedgerEntry.seq,
        LedgerEntry.at,
        LedgerEntry.action,
        LedgerEntry.actor,
        LedgerEntry.payload,
    )
    rows = session.execute(
        select(*columns)
        .where(LedgerEntry.stream == stream, LedgerEntry.subject == subject)
        .order_by(LedgerEntry.seq)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def forget(session: Session, stream: str, subject: str, seqs: Iterable[int] | None = None) -> int:
    """Erase the content of a subject's entries; the chain stays whole. How many were erased."""
    statement = update(LedgerEntry).where(
        LedgerEntry.stream == stream, LedgerEntry.subject == subject
    )
    if seqs is not None:
        statement = statement.where(LedgerEntry.seq.in_(list(seqs)))
    result = session.execute(
        statement.values(payload=None, salt=None).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how much was read, and the first fault if there is one."""

    entries: int
    subjects: int
    seals: int
    fault: str | None

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, dropped or inserted."""
        return self.fault is None


def verify(session: Session, stream: str | None = None) -> Verdict:
    """Walk every chain and every seal; name the first entry that does not fit."""
    query = select(LedgerEntry).order_by(LedgerEntry.stream, LedgerEntry.subject, LedgerEntry.seq)
    if stream:
        query = query.where(LedgerEntry.stream == stream)
    entries = subjects = 0
    head, current = START, None
    for row in session.execute(query.execution_options(yield_per=2000)).scalars():
        entries += 1
        if (row.stream, row.subject) != current:
            current, head, subjects = (row.stream, row.subject), START, subjects + 1
        fault = _fault_of(row, head)
        if fault:
            return Verdict(entries, subjects, 0, f"{row.stream} {row.subject} #{row.seq}: {fault}")
        head = Head(row.seq, row.hash)
        session.expunge(row)
    seals, fault = _verify_seals(session) if stream is None else (0, None)
    return Verdict(entries, subjects, seals, fault)


def _fault_of(row: LedgerEntry, head: Head) -> str | None:
    if row.seq != head.seq + 1:
        return f"follows #{head.seq}: an entry is missing or doubled"
    if row.prev_hash != head.hash:
        return "does not continue the entry before it"
    expected = _link(
        row.stream,
        row.subject,
        row.seq,
        rfc3339(row.at),
        row.action,
        row.actor,
        row.commitment,
        row.prev_hash,
    )
    if row.hash != expected:
        return "was changed"
    if row.salt is not None and row.commitment != _commit(row.payload, row.salt):
        return "its content was changed"
    return None


def _digest(session: Session, first: int, last: int) -> tuple[int, str]:
    digest, number = hashlib.sha256(), 0
    for (link,) in session.execute(
        select(LedgerEntry.hash)
        .where(LedgerEntry.id >= first, LedgerEntry.id <= last)
        .order_by(LedgerEntry.id)
        .execution_options(yield_per=5000)
    ):
        digest.update(link.encode())
        number += 1
    return number, digest.hexdigest()


def _seal_hash(seal: Mapping[str, Any]) -> str:
    return hashlib.sha256(
        canonical(
            [
                seal["first_entry"],
                seal["last_entry"],
                seal["entries"],
                rfc3339(seal["at"]),
                seal["digest"],
                seal["prev_hash"],
            ]
        )
    ).hexdigest()


def _verify_seals(session: Session) -> tuple[int, str | None]:
    previous, number = GENESIS, 0
    for seal in session.execute(select(LedgerSeal).order_by(LedgerSeal.id)).scalars():
        number += 1
        found = _digest(session, seal.first_entry, seal.last_entry)
        values = {c.key: getattr(seal, c.key) for c in LedgerSeal.__table__.columns}
        if found != (seal.entries, seal.digest):
            return number, f"seal {seal.id}: entries {seal.first_entry}–{seal.last_entry} changed"
        if seal.prev_hash != previous or seal.hash != _seal_hash(values):
            return number, f"seal {seal.id}: was changed"
        previous = seal.hash
    return number, None


@periodic("core.seal_ledger", every=timedelta(hours=1))
def seal(session: Session, _payload: dict[str, Any] | None = None) -> None:
    """Gather settled entries into the next seal and sign it.

    Ids can become visible out of order on PostgreSQL, so only entries whose moment has
    settled, longer ago than any transaction may last, are gathered.
    """
    last = session.execute(select(LedgerSeal).order_by(LedgerSeal.id.desc()).limit(1)).scalar()
    first = (last.last_entry if last else 0) + 1
    horizon = utcnow() - SETTLED
    fresh = select(func.min(LedgerEntry.id)).where(
        LedgerEntry.id >= first, LedgerEntry.recorded_at > horizon
    )
    unsettled = session.execute(fresh).scalar()
    settled = select(LedgerEntry.id).where(LedgerEntry.id >= first)
    if unsettled is not None:
        settled = settled.where(LedgerEntry.id < unsettled)
    batch = settled.order_by(LedgerEntry.id).limit(SEAL_MOST).subquery()
    low, end = session.execute(select(func.min(batch.c.id), func.max(batch.c.id))).one()
    if end is None:
        return
    first = first if last else low
    number, digest = _digest(session, first, end)
    values = {
        "first_entry": first,
        "last_entry": end,
        "entries": number,
        "at": utcnow(),
        "digest": digest,
        "prev_hash": last.hash if last else GENESIS,
    }
    values["hash"] = _seal_hash(values)
    signature = keyring().signing_key("ledger").sign(values["hash"].encode()).hex()
    session.execute(insert(LedgerSeal).values(**values, signature=signature))
