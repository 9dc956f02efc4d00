"""Telling: news is written in the transaction that caused it, and goes out from there by jobs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.queries import devices_of
from backend.city.queries import facts
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.notifications import queries
from backend.notifications.hours import next_digest, quiet_until
from backend.notifications.messages import Message, Recipient, pack, unpack
from backend.notifications.models import Delivery, NewsEvent, NewsItem
from backend.notifications.queries import ReaderFacts, Wishes
from backend.notifications.service.readers import reader_of_account, reader_of_address
from backend.notifications.templates import is_registered

MOST_DIRECT = 200
PAGE = 100


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of news that is being told."""

    id: int
    public_id: str
    topic: str
    kind: str
    target_id: str
    message: Message
    zone: str


def notify(
    session: Session,
    *,
    topic: str,
    kind: str,
    public_id: str,
    to: Sequence[Recipient],
    message: Message,
    key: str,
    besides: Collection[int] = (),
) -> None:
    """Tell news about something, within the transaction that caused it.

    With the same key nobody is told twice on one channel, however often this is called. Accounts
    named in `besides` (who did it themselves) hear nothing.
    """
    if not is_registered(message.template):
        raise LookupError(f"no template is registered under the name {message.template}")
    if len(to) > MOST_DIRECT:
        raise ValueError(f"at most {MOST_DIRECT} recipients; let the rest follow")
    told = _event(session, topic, (kind, public_id), message, key)
    readers: dict[int, ReaderFacts] = {}
    links: dict[int, str] = {}
    for recipient in to:
        if recipient.follows:
            follow_up(session, told.id, recipient.follows, 0, sorted(besides))
            continue
        reader = _reader(session, recipient)
        if reader and (reader.account_id is None or reader.account_id not in besides):
            readers[reader.id] = reader
            if recipient.link:
                links[reader.id] = recipient.link
    address(session, told, list(readers.values()), links)


def _event(
    session: Session, topic: str, subject: tuple[str, str], message: Message, key: str
) -> Told:
    values = {
        "public_id": new_public_id(),
        "key": key,
        "topic": topic,
        "kind": subject[0],
        "target_id": subject[1],
        "message": pack(message),
        "created_at": utcnow(),
    }
    insert_ignore(session, NewsEvent, values, ("key",))
    event_id = session.execute(select(NewsEvent.id).where(NewsEvent.key == key)).scalar_one()
    told = find_told(session, event_id)
    assert told is not None
    return told


def find_told(session: Session, event_id: int) -> Told | None:
    """A piece of news that was told before."""
    row = session.execute(
        select(
            NewsEvent.id,
            NewsEvent.public_id,
            NewsEvent.topic,
            NewsEvent.kind,
            NewsEvent.target_id,
            NewsEvent.message,
        ).where(NewsEvent.id == event_id)
    ).first()
    if row is None:
        return None
    return Told(
        row.id, row.public_id, row.topic, row.kind, row.target_id, unpack(row.message),
        facts(session).time_zone,
    )  # fmt: skip


def _reader(session: Session, recipient: Recipient) -> ReaderFacts | None:
    if recipient.account_id is not None:
        return reader_of_account(session, recipient.account_id)
    if recipient.email:
        return reader_of_address(session, recipient.email, recipient.language)
    return None


def follow_up(
    session: Session, event_id: int, subject: tuple[str, str], after: int, besides: Sequence[int]
) -> None:
    """Ask for the next page of followers to be told, each page once."""
    kind, target = subject
    payload = {
        "event": event_id, "kind": kind, "id": target, "after": after, "besides": list(besides),
    }  # fmt: skip
    enqueue(
        session, "notifications.tell_followers", payload,
        key=f"tell:{event_id}:{kind}:{target}:{after}",
    )  # fmt: skip


def tell_followers(
    session: Session, event_id: int, subject: tuple[str, str], after: int, besides: Sequence[int]
) -> None:
    """Tell one page of followers, and ask for the next."""
    told = find_told(session, event_id)
    if told is None:
        return
    page = queries.follower_page(session, *subject, after=after, limit=PAGE)
    if len(page) == PAGE:
        follow_up(session, event_id, subject, page[-1][0], besides)
    readers = queries.readers_by_id(session, [reader for _follow, reader in page])
    concerned = [r for r in readers if r.account_id is None or r.account_id not in besides]
    address(session, told, concerned, {})


def address(
    session: Session, told: Told, readers: Sequence[ReaderFacts], links: dict[int, str]
) -> None:
    """Write what goes to each reader by which channel, and ask for it to be sent."""
    if not readers:
        return
    ids = [reader.id for reader in readers]
    silent = queries.muted(session, ids, told.kind, told.target_id)
    wishes = queries.wishes_of(session, readers)
    devices: dict[int, list[int]] = {}
    for device in devices_of(session, [r.account_id for r in readers if r.account_id is not None]):
        devices.setdefault(device.account_id, []).append(device.id)
    for reader in readers:
        if reader.id in silent:
            continue
        link = links.get(reader.id)
        _list(session, told, reader, link)
        channels = wishes[reader.id].channels(told.topic)
        if "push" in channels and reader.account_id is not None:
            for device_id in devices.get(reader.account_id, ()):
                _push(session, told, reader, wishes[reader.id], device_id)
        has_letter_box = reader.account_id is not None or reader.email is not None
        if "mail" in channels and has_letter_box and not reader.letters_stopped:
            _letter(session, told, reader, wishes[reader.id], link)


def _list(session: Session, told: Told, reader: ReaderFacts, link: str | None) -> None:
    if reader.email is not None and reader.account_id is None:
        return
    values = {
        "public_id": new_public_id(),
        "event_id": told.id,
        "reader_id": reader.id,
        "link": link,
        "created_at": utcnow(),
    }
    insert_ignore(session, NewsItem, values, ("event_id", "reader_id"))


def due(told: Message, zone: str, wishes: Wishes, now: datetime) -> datetime:
    """When news may go out to a reader: now, or when the quiet is over."""
    if told.at_once:
        return now
    return quiet_until(now, zone, wishes.quiet_from, wishes.quiet_until) or now


def _push(
    session: Session, told: Told, reader: ReaderFacts, wishes: Wishes, device_id: int
) -> None:
    when = due(told.message, told.zone, wishes, utcnow())
    values = {"channel": "push", "device_id": device_id, "due_at": when}
    public_id = _deliver(session, told, reader, values)
    if public_id:
        send_at(session, public_id, when)


def _letter(
    session: Session, told: Told, reader: ReaderFacts, wishes: Wishes, link: str | None
) -> None:
    now = utcnow()
    if wishes.digest != "none" and not told.message.at_once:
        slot = next_digest(now, told.zone, wishes.digest)
        values = {"channel": "mail", "due_at": slot, "state": "gathered", "link": link}
        if _deliver(session, told, reader, values):
            key = f"digest:{reader.public_id}:{slot:%Y%m%dT%H%M}"
            enqueue(session, "notifications.digest", {"reader": reader.id}, run_at=slot, key=key)
        return
    when = due(told.message, told.zone, wishes, now)
    public_id = _deliver(session, told, reader, {"channel": "mail", "due_at": when, "link": link})
    if public_id:
        send_at(session, public_id, when)


def _deliver(
    session: Session, told: Told, reader: ReaderFacts, values: dict[str, object]
) -> str | None:
    """Write a delivery unless there is one; its public id when it is new."""
    row = {
        "public_id": new_public_id(),
        "event_id": told.id,
        "reader_id": reader.id,
        "device_id": 0,
        "state": "waiting",
        "postponed": 0,
        "created_at": utcnow(),
        **values,
    }
    unique = ("event_id", "reader_id", "channel", "device_id")
    return str(row["public_id"]) if insert_ignore(session, Delivery, row, unique) else None


def send_at(session: Session, public_id: str, when: datetime, postponed: int = 0) -> None:
    """Ask for a delivery to be sent at a moment, once for each time it was postponed."""
    enqueue(
        session, "notifications.send", {"delivery": public_id}, run_at=when,
        key=f"send:{public_id}:{postponed}",
    )  # fmt: skip
